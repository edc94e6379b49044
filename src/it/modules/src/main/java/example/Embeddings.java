package example;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.api.TokenFactoryApi;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import okhttp3.OkHttpClient;
import retrofit2.Converter;
import retrofit2.Retrofit;

final class Embeddings {
  private Embeddings() {}

  static float[] byClient(String baseUrl, EmbeddingRequest request) {
    try (TokenFactoryClient client =
        TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build()) {
      return EmbeddingsService.of(client).create(request).vector(0);
    }
  }

  static float[] byRetrofit(String baseUrl, EmbeddingRequest request, Converter.Factory converter)
      throws IOException {
    return new Retrofit.Builder()
        .baseUrl(baseUrl)
        .client(new OkHttpClient())
        .addConverterFactory(converter)
        .build()
        .create(TokenFactoryApi.class)
        .createEmbeddings(request, null)
        .execute()
        .body()
        .getData()
        .get(0)
        .getEmbedding()
        .toArray();
  }
}
