package io.github.tokenfactory.bulk;

import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.internal.http.RetryPolicy;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Embeds any number of texts, by requests of a good size, several at once; start with
 * {@link #builder(EmbeddingsService, String)}.
 *
 * <p>Texts are read as they are needed and vectors handed over as they come, so the memory that it
 * takes depends on the sizes set here and not on how many texts there are. All runs of a client
 * together keep to the rate limits that the server states. A request that is too large is split; a
 * text that the server refuses fails alone; what may pass is tried again, for as long as {@link
 * Builder#patience} says. Immutable and safe for use by several threads; each run belongs to the
 * thread that started it, on which sinks and listeners are called.
 */
public final class BulkEmbedder {
  /** What becomes of a run when a text is refused. */
  public enum OnFailure {
    /** The run ends, once what is under way has been handed over. */
    STOP,
    /** The text is handed over with its error, and the run goes on. */
    COLLECT
  }

  /** Takes what a run hands over. */
  public interface Sink {
    /** Takes a text with its vector or its error; an exception ends the run. */
    void accept(BulkItem item) throws IOException;
  }

  final EmbeddingsService service;
  final EmbeddingRequest template;
  final int maxTexts;
  final long maxBytes;
  final long maxTokens;
  final int concurrency;
  final boolean ordered;
  final OnFailure onFailure;
  final Duration patience;
  final long total;
  final Consumer<BulkProgress> listener;
  final @Nullable Path checkpoint;

  private BulkEmbedder(Builder builder) {
    this.service = builder.service;
    this.template = builder.template;
    this.maxTexts = builder.maxTexts;
    this.maxBytes = builder.maxBytes;
    this.maxTokens = builder.maxTokens;
    this.concurrency = builder.concurrency;
    this.ordered = builder.ordered;
    this.onFailure = builder.onFailure;
    this.patience = builder.patience;
    this.total = builder.total;
    this.listener = builder.listener;
    this.checkpoint = builder.checkpoint;
  }

  /**
   * {@return a builder for an embedder that uses {@code model}}
   *
   * @param service sends the requests
   * @param model the id of a model that the server has
   */
  public static Builder builder(EmbeddingsService service, String model) {
    return builder(service, EmbeddingRequest.builder().model(model).build());
  }

  /**
   * {@return a builder for an embedder that sends requests like {@code template}}
   *
   * @param service sends the requests
   * @param template a request without input
   * @throws IllegalArgumentException if it has an input
   */
  public static Builder builder(EmbeddingsService service, EmbeddingRequest template) {
    if (template.getInput() != null) {
      throw new IllegalArgumentException(
          "The template of a bulk run must have no input: the texts are given to each run.");
    }
    return new Builder(service, template);
  }

  /**
   * Embeds all texts and keeps the vectors.
   *
   * @param texts as many as their vectors fit into memory
   * @return a vector for each text, in their order
   * @throws BulkException if a text is refused, whatever is set, or the run has to end
   */
  public List<float[]> embedAll(Collection<String> texts) {
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      vectors.add(new float[0]);
    }
    try {
      embedAll(texts, item -> vectors.set((int) item.position(), item.vector()));
    } catch (IOException e) {
      throw new IllegalStateException(e); // nothing above does I/O
    }
    return vectors;
  }

  /**
   * Embeds all texts and hands each to {@code sink}.
   *
   * @param texts read once, as far ahead as the window is wide
   * @param sink called on this thread; while it works, requests go on as far as the window is wide
   * @return how far it came: to the end
   * @throws IOException what the sink throws
   * @throws BulkException if the run has to end before; what is done has been handed over
   */
  public BulkProgress embedAll(Iterable<String> texts, Sink sink) throws IOException {
    long known = texts instanceof Collection<?> collection ? collection.size() : -1;
    try (BulkRun run = new BulkRun(this, texts.iterator(), total < 0 ? known : total)) {
      while (run.hasNext()) {
        sink.accept(run.next());
      }
      return run.progress();
    }
  }

  /**
   * {@return the texts with their vectors, embedded as the stream is read}
   *
   * <p>Close the stream, if it is not read to its end: that ends what is under way. It fails with
   * {@link BulkException} where {@link #embedAll(Iterable, Sink)} does.
   *
   * @param texts read once, as far ahead as the window is wide
   */
  public Stream<BulkItem> stream(Iterator<String> texts) {
    BulkRun run = new BulkRun(this, texts, total);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(run, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(run::close);
  }

  /** Builds {@link BulkEmbedder}; not for use by several threads at once. */
  public static final class Builder {
    private final EmbeddingsService service;
    private final EmbeddingRequest template;
    private int maxTexts = 256;
    private long maxBytes = 1 << 20;
    private long maxTokens = 32_000;
    private int concurrency = 8;
    private boolean ordered = true;
    private OnFailure onFailure = OnFailure.STOP;
    private Duration patience = Duration.ofMinutes(10);
    private long total = -1;
    private Consumer<BulkProgress> listener = progress -> {};
    private @Nullable Path checkpoint;

    private Builder(EmbeddingsService service, EmbeddingRequest template) {
      this.service = service;
      this.template = template;
    }

    private static <N extends Number> N requirePositive(N number, String name) {
      if (number.longValue() <= 0) {
        throw new IllegalArgumentException(name + " must be more than 0, not " + number + ".");
      }
      return number;
    }

    /**
     * Sets how many texts a request has at most; 256 unless set.
     *
     * @param maxTexts 1 or more
     * @return this builder
     */
    public Builder maxTexts(int maxTexts) {
      this.maxTexts = requirePositive(maxTexts, "maxTexts");
      return this;
    }

    /**
     * Sets how many bytes the texts of a request have at most, in UTF-8; 1 MB unless set. A longer
     * text goes alone.
     *
     * @param maxBytes 1 or more
     * @return this builder
     */
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = requirePositive(maxBytes, "maxBytes");
      return this;
    }

    /**
     * Sets how many tokens the texts of a request have at most, by an estimate that learns from
     * what the server counts; 32,000 unless set. A longer text goes alone.
     *
     * @param maxTokens 1 or more
     * @return this builder
     */
    public Builder maxTokens(long maxTokens) {
      this.maxTokens = requirePositive(maxTokens, "maxTokens");
      return this;
    }

    /**
     * Sets how many requests are under way at once; 8 unless set. The texts of as many requests
     * again may wait to be handed over, and 256 in any case. An {@code OkHttpClient} of the user's
     * own sends as many, whatever its dispatcher says of asynchronous calls.
     *
     * @param concurrency 1 or more
     * @return this builder
     */
    public Builder concurrency(int concurrency) {
      this.concurrency = requirePositive(concurrency, "concurrency");
      return this;
    }

    /**
     * Sets whether texts are handed over in their order, rather than as they are done; true unless
     * set.
     *
     * @param ordered false if the order does not matter
     * @return this builder
     */
    public Builder ordered(boolean ordered) {
      this.ordered = ordered;
      return this;
    }

    /**
     * Sets what becomes of the run when a text is refused; {@link OnFailure#STOP} unless set.
     *
     * @param onFailure what to do
     * @return this builder
     */
    public Builder onFailure(OnFailure onFailure) {
      this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
      return this;
    }

    /**
     * Sets for how long a run goes on trying while nothing succeeds, because the server is down or
     * refuses by its limits; 10 minutes unless set.
     *
     * @param patience longer than nothing
     * @return this builder
     */
    public Builder patience(Duration patience) {
      if (patience.isNegative() || patience.isZero()) {
        throw new IllegalArgumentException(
            "The patience must be longer than nothing, not " + patience + ".");
      }
      this.patience = RetryPolicy.bounded(patience);
      return this;
    }

    /**
     * Says how many texts there will be, for the estimate of the time left; a collection knows.
     *
     * @param total 0 or more
     * @return this builder
     */
    public Builder total(long total) {
      if (total < 0) {
        throw new IllegalArgumentException("total must be 0 or more, not " + total + ".");
      }
      this.total = total;
      return this;
    }

    /**
     * Sets who is told of progress, after each request's texts have been handed over, and at the
     * end.
     *
     * @param listener called on the thread of the run, such as a {@link ConsoleProgress}
     * @return this builder
     */
    public Builder listener(Consumer<BulkProgress> listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets a file that remembers which texts have been handed over, so that a run over the same
     * texts goes on where one ended. It holds positions, no texts; failed ones are tried again.
     *
     * @param checkpoint the file, which is made if there is none
     * @return this builder
     */
    public Builder checkpoint(Path checkpoint) {
      this.checkpoint = Objects.requireNonNull(checkpoint, "checkpoint");
      return this;
    }

    /** {@return an immutable embedder with what is set now} */
    public BulkEmbedder build() {
      return new BulkEmbedder(this);
    }
  }
}
