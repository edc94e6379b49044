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
 * <p>The executors read the API key from their environment: {@code NEBIUS_API_KEY}. Each has one
 * client, which all its tasks share; a task reads its rows as they are needed and gives them back
 * in their order.
 */
public final class Embeddings {
  private static final Map<String, TokenFactoryClient> CLIENTS = new ConcurrentHashMap<>();

  private Embeddings() {}

  /**
   * {@return {@code rows} with two more columns: {@code vector}, and {@code error}, which says why
   * a row has no vector}
   *
   * @param rows none of whose texts is null
   * @param textColumn the name of the column with the texts
   * @param model the id of a model that the server has
   * @param baseUrl where the API is
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
    Queue<Row> underWay = new ArrayDeque<>();
    Iterator<String> texts =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public String next() {
            Row row = rows.next();
            underWay.add(row);
            return row.getString(column);
          }
        };
    Stream<BulkItem> items =
        BulkEmbedder.builder(EmbeddingsService.of(client(baseUrl)), model)
            .onFailure(BulkEmbedder.OnFailure.COLLECT)
            .build()
            .stream(texts);
    TaskCompletionListener close = context -> items.close(); // ends what is under way
    TaskContext.get().addTaskCompletionListener(close);
    return items.map(item -> row(underWay.remove(), item)).iterator();
  }

  private static Row row(Row row, BulkItem item) {
    Object[] values = new Object[row.size() + 2];
    IntStream.range(0, row.size()).forEach(i -> values[i] = row.get(i));
    values[row.size()] = item.isEmbedded() ? item.vector() : null;
    values[row.size() + 1] = item.isEmbedded() ? null : item.error().getMessage();
    return RowFactory.create(values);
  }

  /** {@return this executor's client, which lives as long as it does} */
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
