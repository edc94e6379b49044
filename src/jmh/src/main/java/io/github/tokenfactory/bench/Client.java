package io.github.tokenfactory.bench;

import java.util.List;

/** One way to get a workload's vectors from the server. */
interface Client {
  /** {@return what {@link Workload#check} takes: whatever of it costs something is done here} */
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

  /** Those that read answers to nowhere. */
  List<String> LOWER_BOUNDS = List.of(RAW_SOCKET, OKHTTP, OKHTTP_TUNED);

  /** Lower bounds, then what is written by hand, what is published, and ours. */
  List<String> NAMES =
      List.of(
          RAW_SOCKET, OKHTTP, OKHTTP_TUNED, JACKSON, RETROFIT, OPENAI, LANGCHAIN4J, STOCK, OURS);

  /** {@return whether the client has a way to send the workload's request} */
  static boolean supports(String name, Workload workload) {
    return !(name.equals(LANGCHAIN4J) && workload.tokens() > 0);
  }

  /** {@return a client for one workload, its inputs at hand; {@code server} has no path} */
  static Client open(String name, Workload workload, String server) throws Exception {
    String url = server + "/" + workload.name() + "/";
    return switch (name) {
      case RAW_SOCKET -> new LowerBounds.RawSocket(workload, url);
      case OKHTTP -> new LowerBounds.OkHttp(workload, url, OkHttp.stock());
      case OKHTTP_TUNED -> new LowerBounds.OkHttp(workload, url, OkHttp.tuned());
      case JACKSON -> new JacksonStreaming(workload, url);
      case RETROFIT -> new RetrofitGson(workload, url);
      case OPENAI -> new Peers.OpenAiJava(workload, url);
      case LANGCHAIN4J -> new Peers.LangChain4j(workload, url);
      case STOCK -> new Peers.StockGenerator(workload, url);
      case OURS -> new Ours(workload, url);
      default -> throw new IllegalArgumentException("No such client: " + name);
    };
  }
}
