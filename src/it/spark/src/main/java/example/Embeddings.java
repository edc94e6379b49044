package example;

import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.bulk.BulkEmbedder;
import io.github.tokenfactory.bulk.BulkItem;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Adds a vector to each row of a dataset.
 *
 * <p>The executors read the API key from the environment variable {@code NEBIUS_API_KEY}. Each
 * executor has one client for all its tasks. A task reads its rows lazily and returns them in
 * order.
 */
public final class Embeddings {
  private static final Map<String, TokenFactoryClient> CLIENTS = new ConcurrentHashMap<>();

  private Embeddings() {}

  /**
   * {@return {@code rows} with two more columns: {@code vector}, and {@code error}, which says why
   * a row has no vector}
   *
   * @param rows rows without null in the text column
   * @param textColumn the name of the column with the texts
   * @param model the id of the model
   * @param baseUrl the base URL of the API
   */
  public static Dataset<Row> add(
      Dataset<Row> rows, String textColumn, String model, String baseUrl) {
    int column = rows.schema().fieldIndex(textColumn);
    StructType schema =
        rows.schema()
            .add("vector", DataTypes.createArrayType(DataTypes.FloatType, false))
            .add("error", DataTypes.StringType);
    MapPartitionsFunction<Row, Row> embed = partition -> embed(partition, column, model, baseUrl);
    return rows.mapPartitions(embed, Encoders.row(schema));
  }

  private static Iterator<Row> embed(Iterator<Row> rows, int column, String model, String baseUrl) {
    Queue<Row> pending = new ArrayDeque<>();
    Iterator<String> texts =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public String next() {
            Row row = rows.next();
            pending.add(row);
            return row.getString(column);
          }
        };
    Stream<BulkItem> items =
        BulkEmbedder.builder(EmbeddingsService.of(client(baseUrl)), model)
            .onFailure(BulkEmbedder.OnFailure.COLLECT)
            .build()
            .stream(texts);
    TaskCompletionListener close =
        context -> items.close(); // cancels the requests of a failed task
    TaskContext.get().addTaskCompletionListener(close);
    return items.map(item -> row(pending.remove(), item)).iterator();
  }

  private static Row row(Row row, BulkItem item) {
    Object[] values = new Object[row.size() + 2];
    IntStream.range(0, row.size()).forEach(i -> values[i] = row.get(i));
    values[row.size()] = item.isEmbedded() ? item.vector() : null;
    values[row.size() + 1] = item.isEmbedded() ? null : item.error().getMessage();
    return RowFactory.create(values);
  }

  /** {@return the client of this executor, which is never closed} */
  static TokenFactoryClient client(String baseUrl) {
    return CLIENTS.computeIfAbsent(
        baseUrl,
        url ->
            TokenFactoryClient.builder()
                .apiKey(System.getenv("NEBIUS_API_KEY"))
                .baseUrl(url)
                .userAgent("tokenfactory-java spark-executor/" + SparkEnv.get().executorId())
                .build());
  }
}
