package io.github.tokenfactory;

import io.github.tokenfactory.internal.http.Secrets;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import okhttp3.Request;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import retrofit2.Response;

/**
 * The status, the headers and the start of the error body of a response.
 *
 * <p>Results and errors of the client carry one. It holds no open connection, and the API key is
 * replaced wherever the server repeats it. Immutable.
 */
public final class ResponseInfo implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String RATE_LIMIT_PREFIX = "x-ratelimit-";
  private static final int MAX_BODY_CHARS = 2_000;

  private final int status;
  private final TreeMap<String, List<String>> headers;
  private final String body;
  private final int attempts;
  private final @Nullable Duration retryAfter;

  /**
   * Describes a response.
   *
   * @param status the HTTP status, or 0 if there was no response
   * @param headers the headers by name in any case
   * @param body the body of an error, of which the start is kept
   * @param attempts how many requests the call sent
   * @param receivedAt when the response came; a date in {@code Retry-After} counts from there
   */
  public ResponseInfo(
      int status,
      Map<String, List<String>> headers,
      String body,
      int attempts,
      Instant receivedAt) {
    this.status = status;
    this.headers = HeaderValues.copy(headers);
    this.body = start(body);
    this.attempts = attempts;
    this.retryAfter =
        HeaderValues.retryAfter(header("retry-after-ms"), header("retry-after"), receivedAt);
  }

  /** {@return the description of a call that got no response to this many requests} */
  public static ResponseInfo none(int attempts) {
    return new ResponseInfo(0, Map.of(), "", attempts, Instant.EPOCH);
  }

  /** {@return the description of a response that came through Retrofit, its error body included} */
  public static ResponseInfo of(Response<?> response) {
    ResponseInfo known = response.raw().request().tag(ResponseInfo.class);
    if (known != null) {
      return known; // the client recorded it
    }
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    response
        .headers()
        .toMultimap()
        .forEach(
            (name, values) ->
                headers.put(name, values.stream().map(text -> redact(response, text)).toList()));
    return new ResponseInfo(response.code(), headers, errorBody(response), 1, Instant.now());
  }

  /**
   * {@return the whole error body of a response, with a mark in place of the API key} The body can
   * still be read after that.
   */
  public static String errorBody(Response<?> response) {
    ResponseBody body = response.errorBody();
    try {
      return body == null ? "" : redact(response, body.source().peek().readUtf8());
    } catch (IOException | IllegalStateException e) {
      return ""; // it broke off, or has been closed
    }
  }

  private static String redact(Response<?> response, String text) {
    okhttp3.Response sent = response.raw().networkResponse(); // after all interceptors
    Request request = (sent == null ? response.raw() : sent).request();
    String authorization = Objects.requireNonNullElse(request.header("Authorization"), "");
    return Secrets.hide(text, authorization.replaceFirst("^\\S+ +", ""));
  }

  private static String start(String body) {
    int end = Math.min(MAX_BODY_CHARS, body.length());
    if (end < body.length() && Character.isHighSurrogate(body.charAt(end - 1))) {
      end--;
    }
    return body.substring(0, end);
  }

  /** {@return the HTTP status, or 0 if there was no response} */
  public int status() {
    return status;
  }

  /** {@return the headers, by name in any case; empty if there was no response} */
  public Map<String, List<String>> headers() {
    return Collections.unmodifiableMap(headers);
  }

  /**
   * {@return the last value of a header, without white space around it, or null if it is missing}
   */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? null : values.get(values.size() - 1).strip();
  }

  /** {@return the server's id of this request, for its support, or null if it sends none} */
  public @Nullable String requestId() {
    String id = header("x-request-id");
    return id == null ? header("request-id") : id;
  }

  /** {@return the rate limits that the headers state} */
  public RateLimits rateLimits() {
    return new RateLimits(name -> header(RATE_LIMIT_PREFIX + name));
  }

  /** {@return how long the server asks to wait before another request, or null if it does not} */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /**
   * {@return the start of the body of an error, at most 2,000 characters} Empty after a success. It
   * may repeat what the caller sent.
   */
  public String body() {
    return body;
  }

  /** {@return how many requests the call sent, or began to send: 1 unless it was repeated} */
  public int attempts() {
    return attempts;
  }

  @Override
  public String toString() {
    return "ResponseInfo{status="
        + status
        + ", requestId="
        + requestId()
        + ", attempts="
        + attempts
        + "}";
  }
}
