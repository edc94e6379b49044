package io.github.tokenfactory.demo;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.TokenFactoryException;
import io.github.tokenfactory.model.Usage;
import io.github.tokenfactory.testing.EmbeddingsServer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Searches about fifty sentences by meaning with the public API of this library.
 *
 * <p>It calls an {@link EmbeddingsServer} with a real model in this process. If {@code
 * NEBIUS_API_KEY} is set, it calls the real API with the model that {@code -Ddemo.model} names.
 */
public final class SemanticSearchDemo {

  /**
   * Each query means the same as a sentence of the corpus, but shares no significant word with it.
   */
  private static final List<String> QUERIES =
      List.of(
          "How do I stop dough from sticking to the table?",
          "a young cat is sleeping in the living room",
          "Why did the stock market go down?",
          "My luggage got lost on the flight");

  private static final int BATCH = 8;
  private static final int TOP = 3;
  private static final int BAR = 26;

  /** Without a terminal, a line cannot be rewritten; progress is then printed as a few lines. */
  private static final boolean TERMINAL = System.console() != null;

  private final TokenFactoryClient client;
  private final String model;
  private long tokens;
  private boolean tokensKnown = true;

  private SemanticSearchDemo(TokenFactoryClient client, String model) {
    this.client = client;
    this.model = model;
  }

  /** Runs the demo. If it fails, two lines say why and what to do, and the exit code is 1. */
  public static void main(String[] args) {
    String key = System.getenv("NEBIUS_API_KEY");
    if (key == null || key.isBlank()) {
      run(
          SemanticSearchDemo::searchEmbedded,
          "Set NEBIUS_API_KEY to run it on the real API instead.");
      return;
    }
    String model = System.getProperty("demo.model", "");
    if (model.isBlank()) {
      stop(
          "NEBIUS_API_KEY is set, so the demo uses the real API, which needs a model:",
          "./mvnw -Pdemo -Ddemo.model=Qwen/Qwen3-Embedding-8B   (or unset the key)");
    }
    run(
        () -> searchRealApi(model),
        "Check the network, the key and the model, or unset NEBIUS_API_KEY to use the embedded"
            + " service.");
  }

  private interface Search {
    void run() throws IOException;
  }

  private static void run(Search search, String advice) {
    try {
      search.run();
    } catch (TokenFactoryException | IOException | IllegalArgumentException e) {
      stop("The demo stopped: " + e.getMessage(), advice);
    }
  }

  private static void stop(String problem, String advice) {
    System.out.println();
    System.out.flush();
    System.err.println(problem);
    System.err.println(advice);
    System.exit(1);
  }

  private static void searchRealApi(String model) throws IOException {
    System.out.println("Semantic search with tokenfactory-java on the real API");
    System.out.println("  model    " + model);
    try (TokenFactoryClient client = TokenFactoryClient.fromEnv()) {
      new SemanticSearchDemo(client, model).search();
    }
  }

  private static void searchEmbedded() throws IOException {
    System.out.println("Semantic search with tokenfactory-java on an embedded service");
    System.out.println("  model    " + MiniLmModel.ID + ", in this process");
    try (MiniLmModel miniLm = MiniLmModel.load();
        EmbeddingsServer server = EmbeddingsServer.start().model(MiniLmModel.ID, miniLm);
        TokenFactoryClient client = server.clientBuilder().build()) {
      System.out.println("  service  POST " + server.baseUrl() + "v1/embeddings");
      SemanticSearchDemo demo = new SemanticSearchDemo(client, MiniLmModel.ID);
      demo.search();
      demo.compareInputs(miniLm);
    }
  }

  private void search() throws IOException {
    List<String> corpus = corpus();
    System.out.printf("  corpus   %d sentences, %d a request%n%n", corpus.size(), BATCH);
    long start = System.nanoTime();
    List<float[]> vectors = embedCorpus(corpus);
    double seconds = (System.nanoTime() - start) / 1e9;
    EmbeddingResult queries = embed(EmbeddingInput.texts(QUERIES));
    System.out.printf(
        "%n%d queries in other words than the corpus; best %d by cosine%n", QUERIES.size(), TOP);
    for (int i = 0; i < QUERIES.size(); i++) {
      printRanking(QUERIES.get(i), queries.vector(i), corpus, vectors);
    }
    System.out.printf(
        Locale.ROOT,
        "%n%d vectors of %d dimensions, %s tokens used%nCorpus embedded in %.2f s: %.0f"
            + " sentences/s%n",
        vectors.size() + queries.size(),
        queries.dimensions(),
        tokensKnown ? tokens : "unknown",
        seconds,
        corpus.size() / seconds);
  }

  private List<float[]> embedCorpus(List<String> corpus) {
    List<float[]> vectors = new ArrayList<>();
    showProgress(0, corpus.size());
    while (vectors.size() < corpus.size()) {
      int end = Math.min(vectors.size() + BATCH, corpus.size());
      EmbeddingResult result = embed(EmbeddingInput.texts(corpus.subList(vectors.size(), end)));
      for (int i = 0; i < result.size(); i++) {
        vectors.add(result.vector(i));
      }
      showProgress(vectors.size(), corpus.size());
    }
    return vectors;
  }

  private EmbeddingResult embed(EmbeddingInput input) {
    EmbeddingResult result = EmbeddingsService.of(client).create(model, input);
    Usage usage = result.usage();
    Long used = usage == null ? null : usage.getTotalTokens();
    if (used == null) {
      tokensKnown = false;
    } else {
      tokens += used;
    }
    return result;
  }

  private static void showProgress(int done, int all) {
    if (TERMINAL) {
      int filled = BAR * done / all;
      String bar = "#".repeat(filled) + ".".repeat(BAR - filled);
      System.out.printf("\rEmbedding  [%s]  %d of %d%s", bar, done, all, done == all ? "\n" : "");
      System.out.flush();
    } else if (done == all || done % (3 * BATCH) == 0) {
      System.out.printf("Embedding  %d of %d%n", done, all);
    }
  }

  private static void printRanking(
      String query, float[] vector, List<String> corpus, List<float[]> vectors) {
    System.out.printf("%n\"%s\"%n", query);
    double[] scores = vectors.stream().mapToDouble(v -> cosine(vector, v)).toArray();
    IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .limit(TOP)
        .forEach(i -> System.out.printf(Locale.ROOT, "  %6.3f  %s%n", scores[i], corpus.get(i)));
  }

  /**
   * Shows that the four forms of input give the same vector; token ids need the model's tokenizer.
   */
  private void compareInputs(MiniLmModel miniLm) {
    String sentence = QUERIES.get(0);
    int[] ids = miniLm.tokenize(sentence);
    float[] expected = embed(EmbeddingInput.text(sentence)).vector(0);
    System.out.printf(
        "%nThe first query in the other three forms of input, compared with a plain text%n");
    printAgreement("list of texts", expected, EmbeddingInput.texts(sentence));
    printAgreement(ids.length + " token ids", expected, EmbeddingInput.tokens(ids));
    printAgreement("list of token arrays", expected, EmbeddingInput.tokenArrays(ids));
  }

  private void printAgreement(String form, float[] expected, EmbeddingInput input) {
    double cosine = cosine(expected, embed(input).vector(0));
    System.out.printf(Locale.ROOT, "  %-22s cosine %.3f%n", form, cosine);
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }

  private static List<String> corpus() throws IOException {
    try (InputStream in = SemanticSearchDemo.class.getResourceAsStream("corpus.txt")) {
      if (in == null) {
        throw new FileNotFoundException("corpus.txt is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
