package io.github.tokenfactory;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import retrofit2.Retrofit;

/**
 * The interceptors around a user's own, between which a request becomes one that is safe to send,
 * and its answer one that is safe to read.
 *
 * <p>OkHttp itself repeats nothing. A body that says that it is one-shot is, as documented, sent
 * once, whatever happens to the connection; all addresses of a host are still tried, before
 * anything is sent. And an error status is hidden from OkHttp's own follow-ups, which repeat some,
 * and fail on others: on a 503 with a large {@code Retry-After}, for one.
 */
final class Transport {
  private static final int MAX_REDIRECTS = 5;
  private static final Set<String> OWN_HEADERS = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    OWN_HEADERS.addAll(
        Set.of("Authorization", "Content-Length", "Content-Type", "Transfer-Encoding"));
  }

  private final HttpUrl baseUrl;
  private final Supplier<String> apiKey;
  private final Headers headers;

  private Transport(HttpUrl baseUrl, Supplier<String> apiKey, Headers headers) {
    this.baseUrl = baseUrl;
    this.apiKey = apiKey;
    this.headers = headers;
  }

  /**
   * {@return a Retrofit that sends by way of {@code http}, with {@code headers} and each time the
   * current key}
   */
  static Retrofit retrofit(
      OkHttpClient http, HttpUrl baseUrl, Supplier<String> apiKey, Headers headers) {
    Transport transport = new Transport(baseUrl, apiKey, headers);
    OkHttpClient.Builder builder =
        http.newBuilder().followRedirects(false).followSslRedirects(false);
    builder.interceptors().add(0, transport::outermost);
    builder.networkInterceptors().add(0, Transport::mask);
    OkHttpClient client = builder.addInterceptor(transport::innermost).build();
    return new Retrofit.Builder()
        .baseUrl(baseUrl)
        .callFactory(
            request ->
                client.newCall(request.newBuilder().tag(Attempt.class, new Attempt()).build()))
        .addConverterFactory(TokenFactoryConverterFactory.create())
        .build();
  }

  /** Fails, without showing {@code value}, unless it is a header that a user can set. */
  static void requireHeader(String name, String value) {
    if (OWN_HEADERS.contains(name)) {
      throw new IllegalArgumentException(
          "The client sets the header " + name + " itself; Authorization is made of the API key.");
    }
    try {
      Headers.of(name, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "A header's name or value holds a character that HTTP cannot carry.");
    }
  }

  /**
   * {@return {@code key} without white space around it; fails, without showing it, if a header
   * cannot carry it}
   */
  static String requireApiKey(String key) {
    String stripped = key.strip();
    boolean sendable = !stripped.isEmpty();
    for (int i = 0; i < stripped.length(); i++) {
      sendable &= stripped.charAt(i) > ' ' && stripped.charAt(i) < 127;
    }
    if (!sendable) {
      throw new IllegalArgumentException(
          "The API key is "
              + (stripped.isEmpty() ? "empty" : "not printable ASCII without spaces")
              + ": copy it again from where it was issued.");
    }
    return stripped;
  }

  /** {@return whether {@code url} is on this machine} */
  static boolean isLoopback(HttpUrl url) {
    String host = url.host();
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("::1")
        || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
  }

  /**
   * Sets the headers that a user's interceptors may see and change, and catches what they throw.
   */
  private Response outermost(Interceptor.Chain chain) throws IOException {
    try {
      Attempt attempt = Attempt.of(chain.request());
      Request.Builder request = chain.request().newBuilder();
      for (Headers each : new Headers[] {headers, attempt.headers()}) {
        for (String name : each.names()) {
          request.removeHeader(name);
        }
        for (int i = 0; i < each.size(); i++) {
          request.addHeader(each.name(i), each.value(i));
        }
      }
      Response response = chain.proceed(request.build());
      return attempt.status() == 0
          ? attempt.receive(response)
          : response; // 0: an interceptor answered by itself
    } catch (RuntimeException | LinkageError e) {
      throw new Failure.LocalException(e);
    }
  }

  /** Adds the key, which no other interceptor sees, and follows the redirects that are harmless. */
  private Response innermost(Interceptor.Chain chain) throws IOException {
    Request asked = chain.request();
    Attempt attempt = Attempt.of(asked);
    Request request = asked.newBuilder().method(asked.method(), OneShot.of(asked.body())).build();
    if (isOwnOrigin(request.url())) {
      String key = currentKey();
      attempt.hide(key);
      request = request.newBuilder().header("Authorization", "Bearer " + key).build();
    }
    Response response = attempt.unmask(chain.proceed(request));
    for (int hop = 0; hop < MAX_REDIRECTS; hop++) {
      HttpUrl target = target(response);
      if (target == null) {
        break;
      }
      response.close();
      request = request.newBuilder().url(target).build();
      response = attempt.unmask(chain.proceed(request));
    }
    return attempt.receive(response).newBuilder().request(asked).networkResponse(null).build();
  }

  /** Keeps what the server said, and says that all is well. */
  private static Response mask(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    Attempt.of(chain.request()).answered(response.code(), response.headers());
    return response.isSuccessful() ? response : response.newBuilder().code(200).build();
  }

  /**
   * {@return where to send the request again as it is, or null: to another server the key would go,
   * too}
   */
  private @Nullable HttpUrl target(Response response) {
    if (response.code() != 307 && response.code() != 308) {
      return null;
    }
    String location = response.header("Location");
    HttpUrl target = location == null ? null : response.request().url().resolve(location);
    return target != null && isOwnOrigin(target) ? target : null;
  }

  private boolean isOwnOrigin(HttpUrl url) {
    return url.scheme().equals(baseUrl.scheme())
        && url.host().equals(baseUrl.host())
        && url.port() == baseUrl.port();
  }

  private String currentKey() {
    String key;
    try {
      key = Objects.requireNonNull(apiKey.get(), "the API key");
    } catch (RuntimeException e) {
      throw new InvalidRequestException(
          "There is no API key, nothing was sent: its supplier failed with "
              + e.getClass().getName()
              + ".",
          e);
    }
    try {
      return requireApiKey(key);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException("Nothing was sent: " + e.getMessage());
    }
  }

  /** A body as it is, but for OkHttp not to send it again by itself. */
  private static final class OneShot extends RequestBody {
    private final RequestBody body;

    private OneShot(RequestBody body) {
      this.body = body;
    }

    static @Nullable RequestBody of(@Nullable RequestBody body) {
      return body == null ? null : new OneShot(body);
    }

    @Override
    public @Nullable MediaType contentType() {
      return body.contentType();
    }

    @Override
    public long contentLength() throws IOException {
      return body.contentLength();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      body.writeTo(sink);
    }

    @Override
    public boolean isOneShot() {
      return true;
    }
  }
}
