package io.github.tokenfactory;

import io.github.tokenfactory.internal.http.Secrets;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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
 *
 * @param status the HTTP status, or 0 if there was no response
 * @param headers the headers, by name in any case; empty if there was no response
 * @param body the start of the body of an error, at most 2,000 characters; empty after a success.
 *     It may repeat what the caller sent.
 * @param attempts how many requests the call sent, or began to send: 1 unless it was repeated
 * @param receivedAt when the response came; a date in {@code Retry-After} counts from there
 */
public record ResponseInfo(
    int status, Map<String, List<String>> headers, String body, int attempts, Instant receivedAt)
    implements Serializable {
  private static final int MAX_BODY_CHARS = 2_000;

  /** The three forms of RFC 9110. OkHttp's own parser accepts the 42nd of November. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern(
              "[EEE, dd MMM yyyy HH:mm:ss 'GMT']"
                  + "[EEEE, dd-MMM-yy HH:mm:ss 'GMT']"
                  + "[EEE MMM ppd HH:mm:ss yyyy]",
              Locale.US)
          .withZone(ZoneOffset.UTC);

  /** Copies the headers, and keeps the start of the body. */
  public ResponseInfo {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    headers = Collections.unmodifiableMap(copy);
    int end = Math.min(MAX_BODY_CHARS, body.length());
    if (end < body.length() && Character.isHighSurrogate(body.charAt(end - 1))) {
      end--;
    }
    body = body.substring(0, end);
  }

  /** {@return the description of a call that got no response to this many requests} */
  public static ResponseInfo none(int attempts) {
    return new ResponseInfo(0, Map.of(), "", attempts, Instant.EPOCH);
  }

  /** {@return the description of a response that came through Retrofit, its error body included} */
  public static ResponseInfo of(Response<?> response) {
    ResponseInfo known = response.raw().request().tag(ResponseInfo.class);
    return known != null // the client recorded it
        ? known
        : new ResponseInfo(
            response.code(),
            Secrets.hide(response.headers(), secret(response)),
            errorBody(response),
            1,
            Instant.now());
  }

  /** {@return the whole error body, without the API key; the response can still be read} */
  public static String errorBody(Response<?> response) {
    ResponseBody body = response.errorBody();
    try {
      return body == null ? "" : Secrets.hide(body.source().peek().readUtf8(), secret(response));
    } catch (IOException | IllegalStateException e) {
      return ""; // it broke off, or has been closed
    }
  }

  private static String secret(Response<?> response) {
    okhttp3.Response sent = response.raw().networkResponse(); // after all interceptors
    Request request = (sent == null ? response.raw() : sent).request();
    String authorization = Objects.requireNonNullElse(request.header("Authorization"), "");
    return authorization.replaceFirst("^\\S+ +", "");
  }

  /** {@return the last value of a header, stripped, or null if it is missing} */
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
    return new RateLimits(name -> header("x-ratelimit-" + name));
  }

  /** {@return how long the server asks to wait before another request, or null if it does not} */
  public @Nullable Duration retryAfter() {
    BigDecimal millis = RateLimits.number(header("retry-after-ms"));
    if (millis != null) {
      return RateLimits.duration(millis.movePointLeft(3));
    }
    String after = header("retry-after");
    Duration seconds = RateLimits.seconds(after);
    if (seconds != null || after == null) {
      return seconds;
    }
    try {
      Duration wait = Duration.between(receivedAt, HTTP_DATE.parse(after, Instant::from));
      return wait.isNegative() ? null : wait;
    } catch (DateTimeException e) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "ResponseInfo{status=%s, requestId=%s, attempts=%s}"
        .formatted(status, requestId(), attempts);
  }
}
