package io.github.tokenfactory.bench;

import java.util.List;

/** Sends the request of a workload and reads the vectors; the benchmarks compare such clients. */
interface Client {
  /** {@return the result, which {@link Workload#check} understands, fully decoded} */
  Object call() throws Exception;

  String RAW_SOCKET = "raw socket (discards)";
  String OKHTTP = "OkHttp (discards)";
  String OKHTTP_TUNED = "OkHttp tuned (discards)";
  String JACKSON = "OkHttp tuned + Jackson";
  String RETROFIT = "Retrofit + Gson";
  String OPENAI = "openai-java";
  String LANGCHAIN4J = "langchain4j";
  String STOCK = "OpenAPI Generator (stock)";
  String OURS = "tokenfactory-java";

  /** The clients that discard the response. */
  List<String> LOWER_BOUNDS = List.of(RAW_SOCKET, OKHTTP, OKHTTP_TUNED);

  /** Lower bounds, handwritten clients, published clients, this project's client. */
  List<String> NAMES =
      List.of(
          RAW_SOCKET, OKHTTP, OKHTTP_TUNED, JACKSON, RETROFIT, OPENAI, LANGCHAIN4J, STOCK, OURS);

  /** {@return whether the client can send the workload's request} */
  static boolean supports(String name, Workload workload) {
    return !(name.equals(LANGCHAIN4J) && workload.tokens() > 0);
  }

  /**
   * {@return a client that has prepared the inputs of {@code workload}}
   *
   * @param server the URL of the server, without a path
   */
  static Client open(String name, Workload workload, String server) throws Exception {
    String url = server + "/" + workload.name() + "/";
    return switch (name) {
      case RAW_SOCKET -> new LowerBounds.RawSocket(workload, url);
      case OKHTTP -> new LowerBounds.OkHttp(workload, url, OkHttp.stock());
      case OKHTTP_TUNED -> new LowerBounds.OkHttp(workload, url, OkHttp.tuned());
      case JACKSON -> new JacksonStreaming(workload, url);
      case RETROFIT -> new RetrofitGson(workload, url);
      case OPENAI -> new PublishedClients.OpenAiJava(workload, url);
      case LANGCHAIN4J -> new PublishedClients.LangChain4j(workload, url);
      case STOCK -> new PublishedClients.StockGenerator(workload, url);
      case OURS -> new Ours(workload, url);
      default -> throw new IllegalArgumentException("No such client: " + name);
    };
  }
}
