package io.github.tokenfactory.internal.http;

import io.github.tokenfactory.ResponseInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import okhttp3.Headers;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.GzipSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * The state of one attempt: the settings that its interceptors apply, and what they record of the
 * response. It travels as a tag of the request.
 *
 * <p>One thread writes at a time: first the one that creates the request, then the one that does
 * the I/O.
 */
final class Exchange {
  /** The body of a response broke off, or could not be decompressed; the cause says how. */
  static final class BrokenBodyException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenBodyException(IOException cause) {
      super(cause);
    }
  }

  private static final long MAX_HEAD_BYTES = 8_000; // enough for what is kept of it as text
  private static final long MAX_ERROR_BYTES = 256 << 10;

  private @Nullable CallSettings settings;
  private Supplier<Instant> clock = Instant::now;
  private volatile String secret = "";
  private volatile ResponseInfo info = ResponseInfo.none(0);
  private volatile long responseBytes;
  private volatile boolean sent;
  private int wireStatus;
  private @Nullable Headers wireHeaders;
  private boolean framed;
  private final Buffer head = new Buffer();
  private CompletableFuture<Void> streamEnd = new CompletableFuture<>();

  /** {@return the exchange that {@code request} belongs to} */
  static Exchange of(Request request) {
    return Objects.requireNonNull(
        request.tag(Exchange.class), "a request that this client did not create");
  }

  void prepare(int number, CallSettings settings, Supplier<Instant> clock) {
    this.settings = settings;
    this.clock = clock;
    this.info = ResponseInfo.none(number);
  }

  CallSettings settings() {
    return Objects.requireNonNull(settings, "a request that is no attempt of a call");
  }

  long responseBytes() {
    return responseBytes;
  }

  void startSending() {
    sent = true;
  }

  /** {@return whether a byte of the request may have been sent} */
  boolean isSent() {
    return sent;
  }

  /** {@return whether the end of the body could be told from a broken connection} */
  boolean isFramed() {
    return framed;
  }

  /** Runs {@code task} when a streamed body has been read or closed, or has failed. */
  void whenStreamEnds(Runnable task) {
    streamEnd.thenRun(task);
  }

  /** Sets the API key, which must not appear in anything that is kept. */
  void hide(String secret) {
    this.secret = secret;
  }

  /** {@return {@code text} with a mark in place of the API key} */
  String redact(String text) {
    return Secrets.hide(text, secret);
  }

  /** {@return what is known of the response so far, without its body} */
  ResponseInfo info() {
    return info;
  }

  /** {@return what is known of the response, with the start of {@code body}} */
  ResponseInfo info(String body) {
    ResponseInfo known = info;
    return new ResponseInfo(
        known.status(), known.headers(), redact(body), known.attempts(), clock.get());
  }

  /** {@return the start of the body so far as it has been read} */
  String head() {
    return head.snapshot().utf8();
  }

  /** Keeps the status and headers of the wire, before OkHttp removes those that it has handled. */
  void receiveHead(int status, Headers headers) {
    wireStatus = status;
    wireHeaders = headers;
  }

  /** {@return {@code response} with the error status that came over the wire} */
  Response unmask(Response response) {
    return response.code() == RequestPipeline.MASK
        ? response.newBuilder().code(wireStatus).build()
        : response;
  }

  /**
   * Records {@code response}, and returns it with a body that is counted and limited.
   *
   * @param request the request that the response shows to the caller, without the API key
   */
  Response receive(Response response, Request request) throws IOException {
    ResponseBody body = Objects.requireNonNull(response.body(), "a response without a body");
    head.clear();
    streamEnd = new CompletableFuture<>();
    responseBytes = 0;
    Headers received = wireHeaders == null ? response.headers() : wireHeaders;
    info =
        new ResponseInfo(
            response.code(), Secrets.hide(received, secret), "", info.attempts(), clock.get());
    framed =
        received.get("Content-Length") != null
            || "chunked".equalsIgnoreCase(received.get("Transfer-Encoding"))
            || !response.protocol().toString().startsWith("http/1");
    boolean hasBody = !request.method().equals("HEAD");
    if (hasBody
        && response.isSuccessful()
        && body.contentLength() > settings().maxResponseBytes()) {
      response.close();
      throw tooLarge();
    }
    // OkHttp has decompressed what it asked for itself. A server may compress unasked.
    boolean gzip = "gzip".equalsIgnoreCase(response.header("Content-Encoding"));
    Source source =
        counted(gzip ? new GzipSource(body.source()) : body.source(), response.isSuccessful());
    return response
        .newBuilder()
        .request(request.newBuilder().tag(ResponseInfo.class, info()).build())
        .message(redact(response.message()))
        .networkResponse(null) // its request has the API key
        .cacheResponse(null)
        .body(
            ResponseBody.create(
                Okio.buffer(source), body.contentType(), gzip ? -1 : body.contentLength()))
        .build();
  }

  private UnreadableResponseException tooLarge() {
    return new UnreadableResponseException(
        "it is larger than %s bytes, the limit of this call: see maxResponseBytes"
            .formatted(settings().maxResponseBytes()));
  }

  private Source counted(Source body, boolean successful) {
    return new ForwardingSource(body) {
      @Override
      public long read(Buffer sink, long byteCount) throws IOException {
        if (!successful && responseBytes >= MAX_ERROR_BYTES) {
          return -1;
        }
        long read;
        try {
          read = super.read(sink, byteCount);
        } catch (IOException e) {
          streamEnd.complete(null);
          throw new BrokenBodyException(e);
        }
        if (read < 0) {
          streamEnd.complete(null);
          return read;
        }
        responseBytes += read;
        long room = Math.min(read, MAX_HEAD_BYTES - head.size());
        if (room > 0) {
          sink.copyTo(head, sink.size() - read, room);
        }
        if (successful && responseBytes > settings().maxResponseBytes()) {
          throw tooLarge();
        }
        return read;
      }

      @Override
      public void close() throws IOException {
        streamEnd.complete(null);
        super.close();
      }
    };
  }
}
