package io.github.tokenfactory.bulk;

import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.internal.http.RetryPolicy;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
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
 * Embeds any number of texts with large, concurrent requests; start with {@link
 * #builder(EmbeddingsService, String)}.
 *
 * <p>A run reads texts as it needs them and delivers vectors as they arrive, so its memory depends
 * on the sizes set here, not on the number of texts. Together, all runs of a client keep the rate
 * limits that the server states. A batch that is too large is split, a text that the server refuses
 * fails alone, and temporary failures are retried for as long as {@link Builder#patience} says.
 *
 * <p>Immutable and safe for use by several threads. Each run belongs to the thread that started it:
 * sinks and listeners are called on that thread.
 */
public final class BulkEmbedder {
  /** What a run does when the server refuses a text. */
  public enum OnFailure {
    /** The run ends after the requests in flight have been delivered. */
    STOP,
    /** The run delivers the text with its error and continues. */
    COLLECT
  }

  /** Receives the items of a run. */
  public interface Sink {
    /** Receives a text with its vector or error; an exception ends the run. */
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

  /** {@return a builder for an embedder that uses {@code model}} */
  public static Builder builder(EmbeddingsService service, String model) {
    return builder(service, EmbeddingRequest.builder().model(model).build());
  }

  /**
   * {@return a builder for an embedder that sends {@code template} with the texts as its input}
   *
   * @throws IllegalArgumentException if {@code template} has an input
   */
  public static Builder builder(EmbeddingsService service, EmbeddingRequest template) {
    if (template.getInput() != null) {
      throw new IllegalArgumentException(
          "The template must have no input: each run gets its texts as an argument.");
    }
    return new Builder(service, template);
  }

  /**
   * Embeds all texts and returns all vectors.
   *
   * @param texts the texts; the vectors of all of them must fit into memory
   * @return one vector for each text, in the order of the texts; an empty one for a text that the
   *     checkpoint holds
   * @throws io.github.tokenfactory.errors.TokenFactoryException if the run ends early or a text is
   *     refused, even with {@link OnFailure#COLLECT}
   */
  public List<float[]> embedAll(Collection<String> texts) {
    List<float[]> vectors = new ArrayList<>(Collections.nCopies(texts.size(), new float[0]));
    try (BulkRun run = new BulkRun(this, texts.iterator(), texts.size())) {
      run.forEachRemaining(item -> vectors.set((int) item.position(), item.vector()));
    }
    return vectors;
  }

  /**
   * Embeds all texts, delivers each to {@code sink}, and returns the progress at the end.
   *
   * @param texts read once, ahead of the delivery by at most the {@linkplain Builder#concurrency
   *     window}
   * @param sink called on this thread while requests continue; an item counts as delivered, and
   *     enters the checkpoint, when the sink returns
   * @throws IOException if the sink throws it
   * @throws BulkException if the run ends early; texts embedded by then have been delivered
   */
  public BulkProgress embedAll(Iterable<String> texts, Sink sink) throws IOException {
    long known = texts instanceof Collection<?> collection ? collection.size() : -1;
    try (BulkRun run = new BulkRun(this, texts.iterator(), known)) {
      while (run.hasNext()) {
        sink.accept(run.next());
      }
      return run.progress();
    }
  }

  /**
   * {@return a stream of the texts with their vectors, which embeds as it is read}
   *
   * <p>Works as {@link #embedAll(Iterable, Sink)}, but an item counts as delivered when the next
   * one is requested. Close a stream that is not read to its end, to cancel the requests in flight.
   */
  public Stream<BulkItem> stream(Iterator<String> texts) {
    BulkRun run = new BulkRun(this, texts, -1);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(run, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(run::close);
  }

  /** Builds {@link BulkEmbedder}; not safe for use by several threads. */
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

    /** Sets the most texts of a request, at least 1; 256 by default. */
    public Builder maxTexts(int maxTexts) {
      this.maxTexts = requirePositive(maxTexts, "maxTexts");
      return this;
    }

    /**
     * Sets the most bytes of a request's texts, in UTF-8; 1 MiB by default. A longer text is sent
     * alone.
     */
    public Builder maxBytes(long maxBytes) {
      this.maxBytes = requirePositive(maxBytes, "maxBytes");
      return this;
    }

    /**
     * Sets the most tokens of a request, at least 1; 32,000 by default. A longer text is sent
     * alone. Tokens are estimated; the counts of the server's responses correct the estimates.
     */
    public Builder maxTokens(long maxTokens) {
      this.maxTokens = requirePositive(maxTokens, "maxTokens");
      return this;
    }

    /**
     * Sets how many requests are in flight at once, at least 1; 8 by default. The limits of an
     * {@code OkHttpClient}'s dispatcher do not apply.
     *
     * <p>The window, which is how far a run reads ahead of the delivery, is the texts of twice as
     * many requests, and at least 256 texts.
     */
    public Builder concurrency(int concurrency) {
      this.concurrency = requirePositive(concurrency, "concurrency");
      return this;
    }

    /** Sets whether items come in the order of the texts, as by default, or of the responses. */
    public Builder ordered(boolean ordered) {
      this.ordered = ordered;
      return this;
    }

    /** Sets what a run does when the server refuses a text; {@link OnFailure#STOP} by default. */
    public Builder onFailure(OnFailure onFailure) {
      this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
      return this;
    }

    /**
     * Sets how long a run retries while no request succeeds, because the server is down or its rate
     * limits refuse requests; 10 minutes by default, more than 0.
     */
    public Builder patience(Duration patience) {
      if (patience.isNegative() || patience.isZero()) {
        throw new IllegalArgumentException("patience must be more than 0, not " + patience + ".");
      }
      this.patience = RetryPolicy.bounded(patience);
      return this;
    }

    /** Sets the number of texts, for the estimate of the time left; a collection tells its own. */
    public Builder total(long total) {
      this.total = total;
      return this;
    }

    /**
     * Sets a listener of the progress, such as {@link ConsoleProgress}; called on the thread of the
     * run, after the texts of a request have been delivered.
     */
    public Builder listener(Consumer<BulkProgress> listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets a file that records the positions of embedded texts, so that another run over the same
     * texts skips them; created if it does not exist.
     */
    public Builder checkpoint(Path checkpoint) {
      this.checkpoint = Objects.requireNonNull(checkpoint, "checkpoint");
      return this;
    }

    /** {@return an immutable embedder with the current settings} */
    public BulkEmbedder build() {
      return new BulkEmbedder(this);
    }
  }
}
