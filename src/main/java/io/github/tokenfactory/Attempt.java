package io.github.tokenfactory;

import java.io.IOException;
import java.util.Objects;
import okhttp3.Headers;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.GzipSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt was told to do and what has come of it; a tag of its request, where the
 * interceptors find it.
 *
 * <p>Written by one thread at a time, the one that makes the request and then the one that does its
 * I/O.
 */
final class Attempt {
  /** The body of an answer broke off, or could not be decompressed; the cause says how. */
  static final class BrokenBodyException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenBodyException(IOException cause) {
      super(cause);
    }
  }

  private static final int MAX_SHOWN_CHARS = 2_000;
  private static final long MAX_HEAD_BYTES = 4 * MAX_SHOWN_CHARS;
  private static final long MAX_ERROR_BYTES = 256 << 10;

  private int number;
  private Headers headers = Headers.of();
  private long maxBytes;
  private volatile String secret = "";
  private volatile Answer answer = Answer.NONE;
  private volatile long responseBytes;
  private int wireStatus;
  private @Nullable Headers wireHeaders;
  private boolean framed;
  private final Buffer head = new Buffer();

  /** {@return the attempt that {@code request} belongs to} */
  static Attempt of(Request request) {
    return Objects.requireNonNull(
        request.tag(Attempt.class), "a request that is none of this client's");
  }

  /** {@return the text of a body of bounded size that has been read already} */
  static String text(@Nullable ResponseBody body) {
    if (body == null) {
      return "";
    }
    try (BufferedSource source = body.source()) {
      return source.readUtf8();
    } catch (IOException e) {
      return "";
    }
  }

  void prepare(int number, Headers headers, long maxBytes) {
    this.number = number;
    this.headers = headers;
    this.maxBytes = maxBytes;
    this.answer = Answer.none(number);
  }

  int number() {
    return number;
  }

  /** {@return the headers of this call alone} */
  Headers headers() {
    return headers;
  }

  int status() {
    return answer.status();
  }

  long responseBytes() {
    return responseBytes;
  }

  /** {@return whether the end of the body could be told from a connection that broke} */
  boolean isFramed() {
    return framed;
  }

  /** Says what must not be in anything that is kept. */
  void hide(String secret) {
    this.secret = secret;
  }

  /** {@return {@code text} without the API key} */
  String redact(String text) {
    return Answer.redact(text, secret);
  }

  /** {@return what is known of the answer, with {@code body} cut to what is kept of one} */
  Answer answer(String body) {
    String text = redact(body);
    int end = Math.min(MAX_SHOWN_CHARS, text.length());
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return new Answer(answer.status(), answer.headers(), text.substring(0, end), number);
  }

  /** {@return the start of the body so far as it has been read} */
  String head() {
    return head.snapshot().utf8();
  }

  /** Keeps what came over the wire, before OkHttp takes the headers out that it has done with. */
  void answered(int status, Headers headers) {
    wireStatus = status;
    wireHeaders = headers;
  }

  /** {@return {@code response} with the status that came over the wire} */
  Response unmask(Response response) {
    return wireStatus == 0 ? response : response.newBuilder().code(wireStatus).build();
  }

  /**
   * {@return {@code response}, once known here, with a body that is counted and does not grow
   * beyond all bounds}
   */
  Response receive(Response response) throws IOException {
    ResponseBody body = Objects.requireNonNull(response.body(), "a response without a body");
    head.clear();
    responseBytes = 0;
    Headers sent = wireHeaders == null ? response.headers() : wireHeaders;
    answer = new Answer(response.code(), Answer.headers(sent, secret), "", number);
    framed =
        sent.get("Content-Length") != null
            || "chunked".equalsIgnoreCase(sent.get("Transfer-Encoding"))
            || !response.protocol().toString().startsWith("http/1");
    if (response.isSuccessful() && body.contentLength() > maxBytes) {
      response.close();
      throw tooLarge();
    }
    // OkHttp has inflated what it asked for itself; a server may compress unasked.
    boolean gzip = "gzip".equalsIgnoreCase(response.header("Content-Encoding"));
    Source source =
        new Counted(gzip ? new GzipSource(body.source()) : body.source(), response.isSuccessful());
    return response
        .newBuilder()
        .body(
            ResponseBody.create(
                Okio.buffer(source), body.contentType(), gzip ? -1 : body.contentLength()))
        .build();
  }

  private UnreadableAnswerException tooLarge() {
    return new UnreadableAnswerException(
        "it is larger than "
            + maxBytes
            + " bytes, which the vectors should not need: see maxResponseBytes");
  }

  private final class Counted extends ForwardingSource {
    private final boolean successful;

    Counted(Source body, boolean successful) {
      super(body);
      this.successful = successful;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      if (!successful && responseBytes >= MAX_ERROR_BYTES) {
        return -1;
      }
      long read;
      try {
        read = super.read(sink, byteCount);
      } catch (IOException e) {
        throw new BrokenBodyException(e);
      }
      if (read > 0) {
        responseBytes += read;
        long room = Math.min(read, MAX_HEAD_BYTES - head.size());
        if (room > 0) {
          sink.copyTo(head, sink.size() - read, room);
        }
        if (successful && responseBytes > maxBytes) {
          throw tooLarge();
        }
      }
      return read;
    }
  }
}
