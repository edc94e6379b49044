package io.github.tokenfactory.internal.openapi;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Loads documents from files and over HTTP. */
public final class DocumentSource {
  private static final Pattern HTTP = Pattern.compile("(?i)https?://.*");
  private static final Pattern FILE = Pattern.compile("(?i)file:.*");
  private static final Pattern CREDENTIALS = Pattern.compile("//[^/@]*@");

  private static final String CACHED_BODY = "cached-body";
  private static final String CACHED_TAG = "cached-tag";

  private final Duration timeout;
  private final int maxBytes;
  private final @Nullable Path cache;

  private DocumentSource(Duration timeout, int maxBytes, @Nullable Path cache) {
    this.timeout = timeout;
    this.maxBytes = maxBytes;
    this.cache = cache;
  }

  /** Returns a source that gives up after 60 seconds, body included, or 64 MB. */
  public static DocumentSource create() {
    return new DocumentSource(Duration.ofSeconds(60), DocumentParser.MAX_BYTES, null);
  }

  static DocumentSource create(Duration timeout, int maxBytes) {
    return new DocumentSource(timeout, maxBytes, null);
  }

  /**
   * Returns a source that keeps what it fetched in a directory and asks the server only whether
   * that has changed.
   */
  public static DocumentSource create(Duration timeout, Path cache) {
    return new DocumentSource(timeout, DocumentParser.MAX_BYTES, cache);
  }

  /**
   * Loads a document.
   *
   * @param location an {@code http:}, {@code https:} or {@code file:} URL, or the path of a file
   * @throws CannotCheckException if there is no document there, or not one that can be understood
   */
  public Document load(String location) {
    byte[] bytes = HTTP.matcher(location).matches() ? fetch(location) : read(location);
    try {
      return DocumentParser.parse(bytes);
    } catch (CannotCheckException e) {
      throw new CannotCheckException(e.reason(), display(location) + ": " + e.getMessage(), e);
    }
  }

  private byte[] read(String location) {
    try {
      Path path =
          FILE.matcher(location).matches() ? Path.of(URI.create(location)) : Path.of(location);
      try (InputStream in = Files.newInputStream(path)) {
        return limited(in, location);
      }
    } catch (NoSuchFileException e) {
      throw unavailable(location, "no such file; check the path", e);
    } catch (IOException e) {
      throw unavailable(
          location, "cannot be read (" + e + "); check that it is a file and may be read", e);
    } catch (IllegalArgumentException e) {
      throw unavailable(location, "neither a path nor a URL: " + e.getMessage(), e);
    }
  }

  private byte[] fetch(String location) {
    CompletableFuture<HttpResponse<byte[]>> exchange;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(location))
              .header("Accept", "application/json, application/yaml;q=0.9, */*;q=0.5")
              .header("User-Agent", "tokenfactory-java-spec");
      cachedTag(location).ifPresent(tag -> request.header("If-None-Match", tag));
      // Made here, since reading every trusted certificate takes longer than reading a document
      // from a file.
      HttpClient client =
          HttpClient.newBuilder()
              .connectTimeout(timeout)
              .followRedirects(HttpClient.Redirect.NORMAL) // never from https to http
              .build();
      exchange = client.sendAsync(request.build(), info -> new LimitedBody(maxBytes));
    } catch (IllegalArgumentException e) {
      throw unavailable(location, "not a URL: " + e.getMessage(), e);
    }
    try {
      // The timeout of a request ends with the headers; this one covers the body too, however it
      // drips.
      return body(location, exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw unavailable(
          location, "no complete answer within " + timeout.toMillis() + " ms; try again later", e);
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof TooLarge
              ? tooLarge()
              : e.getCause() + "; check the address and the network";
      throw unavailable(location, why, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(location, "interrupted", e);
    } catch (IOException e) {
      throw unavailable(location, "the compressed answer is broken; try again", e);
    } finally {
      exchange.cancel(true);
    }
  }

  /** Returns the tag of what is kept of an address, if anything is. */
  private Optional<String> cachedTag(String location) {
    try {
      List<String> lines =
          cache == null ? List.of() : Files.readAllLines(cache.resolve(CACHED_TAG));
      return lines.size() == 2 && lines.get(0).equals(location)
          ? Optional.of(lines.get(1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // nothing kept, or nothing readable: fetch it whole
    }
  }

  private void keep(String location, HttpResponse<byte[]> response, byte[] body)
      throws IOException {
    Optional<String> tag = response.headers().firstValue("ETag");
    if (cache != null) {
      Files.deleteIfExists(cache.resolve(CACHED_TAG));
      if (tag.isPresent()) {
        Files.write(cache.resolve(CACHED_BODY), body);
        Files.write(cache.resolve(CACHED_TAG), List.of(location, tag.get()));
      }
    }
  }

  private byte[] body(String location, HttpResponse<byte[]> response) throws IOException {
    if (cache != null && response.statusCode() == 304 && cachedTag(location).isPresent()) {
      return Files.readAllBytes(cache.resolve(CACHED_BODY));
    }
    if (response.statusCode() != 200) {
      throw unavailable(
          location,
          "answered status " + response.statusCode() + "; check the address, or try again later",
          null);
    }
    // Not asked for, but some caches compress all the same.
    boolean isZipped =
        response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip");
    byte[] body =
        isZipped
            ? limited(new GZIPInputStream(new ByteArrayInputStream(response.body())), location)
            : response.body();
    keep(location, response, body);
    return body;
  }

  private byte[] limited(InputStream in, String location) throws IOException {
    byte[] bytes = in.readNBytes(maxBytes);
    if (in.read() >= 0) {
      throw unavailable(location, tooLarge(), null);
    }
    return bytes;
  }

  private String tooLarge() {
    return "more than " + maxBytes + " bytes; is that an OpenAPI document?";
  }

  private static CannotCheckException unavailable(
      String location, String what, @Nullable Throwable cause) {
    return new CannotCheckException(Reason.UNAVAILABLE, display(location) + ": " + what, cause);
  }

  private static String display(String location) {
    return CREDENTIALS.matcher(location).replaceFirst("//");
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Collects a body, and gives up as soon as it is too large. */
  private static final class LimitedBody implements BodySubscriber<byte[]> {
    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    LimitedBody(int maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > maxBytes - bytes.size()) {
          Objects.requireNonNull(subscription).cancel();
          body.completeExceptionally(new TooLarge());
          return;
        }
        byte[] chunk = new byte[buffer.remaining()];
        buffer.get(chunk);
        bytes.writeBytes(chunk);
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}
