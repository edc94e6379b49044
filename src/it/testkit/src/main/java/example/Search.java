package example;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An application's code that uses the library; the tests test it with the test kit. */
class Search {
  private final TokenFactoryClient client;
  private final Map<String, float[]> vectors = new HashMap<>();

  Search(TokenFactoryClient client) {
    this.client = client;
  }

  void add(String... texts) {
    List<float[]> embedded = embed(texts);
    for (int i = 0; i < texts.length; i++) {
      vectors.put(texts[i], embedded.get(i));
    }
  }

  String best(String query) {
    float[] wanted = embed(query).get(0);
    return vectors.keySet().stream()
        .max(Comparator.comparingDouble(text -> dot(wanted, vectors.get(text))))
        .orElseThrow();
  }

  private List<float[]> embed(String... texts) {
    return EmbeddingsService.of(client)
        .create("Qwen/Qwen3-Embedding-8B", EmbeddingInput.texts(texts))
        .vectors();
  }

  private static double dot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
    }
    return dot;
  }
}
