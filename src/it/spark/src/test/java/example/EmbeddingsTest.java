package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Spark dataset on a cluster of two executors, each in a JVM of its own. */
class EmbeddingsTest {
  private static final int ROWS = 4_000;
  private static final int REFUSED = 1_234;

  private static final Set<String> USER_AGENTS = ConcurrentHashMap.newKeySet();
  private static final MockWebServer SERVER = new MockWebServer();
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    SERVER.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            USER_AGENTS.add(request.getHeader("User-Agent"));
            String body = request.getBody().readUtf8();
            return respond(new Gson().fromJson(body, ReceivedRequest.class).input());
          }
        });
    SERVER.start();
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    spark =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.scheduler.minRegisteredResourcesRatio", "1")
            .config("spark.sql.files.minPartitionNum", "4")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
  }

  @AfterAll
  static void stop() throws Exception {
    spark.stop();
    SERVER.shutdown();
  }

  private record ReceivedRequest(List<String> input) {}

  private static MockResponse respond(List<String> texts) {
    if (texts.contains(text(REFUSED))) {
      return new MockResponse().setResponseCode(400).setBody("{\"detail\": \"not this\"}");
    }
    List<Object> data =
        IntStream.range(0, texts.size())
            .<Object>mapToObj(i -> Map.of("index", i, "embedding", vector(texts.get(i))))
            .toList();
    return new MockResponse().setBody(new Gson().toJson(Map.of("data", data)));
  }

  private static String text(int id) {
    return "text " + id;
  }

  private static float[] vector(String text) {
    return new float[] {text.hashCode() % 1000, text.length(), 0.5f};
  }

  private static String url() {
    return SERVER.url("/").toString();
  }

  @Test
  void embedsTheRowsOfAParquetFile(@TempDir Path folder) {
    String texts = folder.resolve("texts").toString();
    String vectors = folder.resolve("vectors").toString();
    List<Row> rows =
        IntStream.range(0, ROWS).mapToObj(id -> RowFactory.create(id, text(id))).toList();
    StructType schema =
        new StructType().add("id", DataTypes.IntegerType).add("text", DataTypes.StringType);
    spark.createDataFrame(rows, schema).repartition(4).write().parquet(texts);

    Dataset<Row> read = spark.read().parquet(texts);
    Embeddings.add(read, "text", "m", url()).drop("text").write().parquet(vectors);

    Dataset<Row> written = spark.read().parquet(vectors);
    Map<Integer, Row> byId = new HashMap<>();
    written.collectAsList().forEach(row -> byId.put(row.getAs("id"), row));
    assertEquals(ROWS, byId.size());
    byId.forEach(
        (id, row) -> {
          if (id == REFUSED) {
            assertNull(row.getAs("vector"));
            assertTrue(row.<String>getAs("error").contains("400"), row.<String>getAs("error"));
          } else {
            assertArrayEquals(vector(text(id)), floats(row.getList(row.fieldIndex("vector"))));
            assertNull(row.getAs("error"));
          }
        });
    assertEquals(
        ids(read, functions.spark_partition_id()), ids(written, functions.input_file_name()));
    assertEquals(
        Set.of("tokenfactory-java spark-executor/0", "tokenfactory-java spark-executor/1"),
        USER_AGENTS);
  }

  private static float[] floats(List<Float> list) {
    float[] floats = new float[list.size()];
    IntStream.range(0, floats.length).forEach(i -> floats[i] = list.get(i));
    return floats;
  }

  /** {@return the ids of each partition, in their order} */
  private static Set<List<Integer>> ids(Dataset<Row> dataset, Column part) {
    Map<Object, List<Integer>> ids = new HashMap<>();
    dataset
        .select(part, functions.col("id"))
        .collectAsList()
        .forEach(
            row -> ids.computeIfAbsent(row.get(0), key -> new ArrayList<>()).add(row.getInt(1)));
    return new HashSet<>(ids.values());
  }

  @Test
  void sharesAClientAmongTheTasksOfAnExecutor() {
    String url = url();
    MapPartitionsFunction<Long, String> client =
        ids ->
            List.of(
                    SparkEnv.get().executorId()
                        + " has "
                        + System.identityHashCode(Embeddings.client(url)))
                .iterator();

    List<String> clients =
        spark.range(0, 16, 1, 16).mapPartitions(client, Encoders.STRING()).collectAsList();

    assertEquals(16, clients.size());
    assertEquals(2, new HashSet<>(clients).size(), clients::toString);
  }
}
