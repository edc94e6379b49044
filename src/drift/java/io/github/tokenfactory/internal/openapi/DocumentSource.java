package io.github.tokenfactory.internal.openapi;

import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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

  /** {@return a source that gives up after 60 seconds, body included, or 64 MB} */
  public static DocumentSource create() {
    return create(Duration.ofSeconds(60), DocumentParser.MAX_BYTES);
  }

  static DocumentSource create(Duration timeout, int maxBytes) {
    return new DocumentSource(timeout, maxBytes, null);
  }

  /**
   * {@return a source that keeps what it downloads in a directory, and downloads it again only if
   * the server says that it has changed}
   */
  public static DocumentSource create(Duration timeout, Path cache) {
    return new DocumentSource(timeout, DocumentParser.MAX_BYTES, cache);
  }

  /**
   * Loads a document.
   *
   * @param location an {@code http:}, {@code https:} or {@code file:} URL, or the path of a file
   * @throws CannotCheckException if there is no document, or not one that can be parsed
   */
  public Document load(String location) {
    byte[] bytes = HTTP.matcher(location).matches() ? fetch(location) : read(location);
    try {
      return DocumentParser.parse(bytes);
    } catch (CannotCheckException e) {
      throw new CannotCheckException(
          e.reason(), withoutCredentials(location) + ": " + e.getMessage(), e);
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

  /**
   * Downloads in a thread of its own, which is interrupted at the end of the timeout: a request's
   * own timeout ends with the headers, and would not stop a body that arrives byte by byte.
   */
  private byte[] fetch(String location) {
    FutureTask<byte[]> download = new FutureTask<>(() -> download(location));
    Thread thread = new Thread(download, "document-download");
    thread.setDaemon(true);
    thread.start();
    try {
      return download.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unavailable(
          location,
          "no complete response within " + timeout.toMillis() + " ms; try again later",
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof CannotCheckException refusal) {
        throw refusal;
      }
      throw unavailable(location, cause + "; check the address and the network", cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(location, "interrupted", e);
    } finally {
      download.cancel(true);
    }
  }

  private byte[] download(String location) throws IOException, InterruptedException {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw unavailable(location, "not a URL: " + e.getMessage(), e);
    }
    request.header("Accept", "application/json, application/yaml;q=0.9, */*;q=0.5");
    request.header("User-Agent", "tokenfactory-java-spec");
    Optional<String> cachedTag = cachedTag(location);
    cachedTag.ifPresent(tag -> request.header("If-None-Match", tag));
    // Made only here: loading the trusted certificates takes longer than reading a file.
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NORMAL) // never from https to http
            .build();
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (cache != null && response.statusCode() == 304 && cachedTag.isPresent()) {
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
      byte[] bytes = limited(isZipped ? new GZIPInputStream(body) : body, location);
      keep(location, response.headers().firstValue("ETag"), bytes);
      return bytes;
    }
  }

  /** {@return the tag of the cached document, if that came from the same address} */
  private Optional<String> cachedTag(String location) {
    try {
      List<String> lines =
          cache == null ? List.of() : Files.readAllLines(cache.resolve(CACHED_TAG));
      return lines.size() == 2 && lines.get(0).equals(location)
          ? Optional.of(lines.get(1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // nothing is cached, or it cannot be read: download all
    }
  }

  private void keep(String location, Optional<String> tag, byte[] body) throws IOException {
    if (cache != null) {
      Files.deleteIfExists(cache.resolve(CACHED_TAG));
      if (tag.isPresent()) {
        Files.write(cache.resolve(CACHED_BODY), body);
        Files.write(cache.resolve(CACHED_TAG), List.of(location, tag.get()));
      }
    }
  }

  private byte[] limited(InputStream in, String location) throws IOException {
    byte[] bytes = in.readNBytes(maxBytes);
    if (in.read() >= 0) {
      throw unavailable(
          location, "more than " + maxBytes + " bytes; is that an OpenAPI document?", null);
    }
    return bytes;
  }

  private static CannotCheckException unavailable(
      String location, String what, @Nullable Throwable cause) {
    return new CannotCheckException(
        Reason.UNAVAILABLE, withoutCredentials(location) + ": " + what, cause);
  }

  private static String withoutCredentials(String location) {
    return CREDENTIALS.matcher(location).replaceFirst("//");
  }
}
