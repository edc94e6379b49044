package io.github.tokenfactory.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tokenfactory.RequestOptions;
import io.github.tokenfactory.ResponseInfo;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryClientBuilder;
import io.github.tokenfactory.embeddings.EmbeddingInput;
import io.github.tokenfactory.embeddings.EmbeddingResult;
import io.github.tokenfactory.embeddings.EmbeddingsService;
import io.github.tokenfactory.errors.DeadlineExceededException;
import io.github.tokenfactory.errors.TransportException;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.ResponseBody;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import okio.BufferedSink;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.http.Body;
import retrofit2.http.POST;

/** The default HTTP client on each kind of connection. */
class DefaultHttpClientTest {
  private static final EmbeddingInput INPUT = EmbeddingInput.text("a");
  private static final int DIMENSIONS = 40_000;

  /** The kind of connection between client and server. */
  enum ConnectionKind {
    CLEARTEXT,
    TLS,
    HTTP_2
  }

  private static ExecutorService workers;
  private static HeldCertificate certificate;

  private final MockWebServer server = new MockWebServer();
  private final AtomicReference<Boolean> noDelay = new AtomicReference<>();
  private final AtomicReference<Protocol> protocol = new AtomicReference<>();

  @BeforeAll
  static void makeCertificate() {
    workers = Executors.newCachedThreadPool();
    certificate = new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  }

  @AfterAll
  static void stopWorkers() {
    workers.shutdown();
  }

  @BeforeEach
  void setUp() {
    server.setProtocolNegotiationEnabled(true);
  }

  @AfterEach
  void stop() throws IOException {
    server.shutdown();
  }

  private TokenFactoryClient client(ConnectionKind kind) throws IOException {
    OkHttpClient.Builder http =
        DefaultHttpClient.builder(kind != ConnectionKind.CLEARTEXT, workers);
    if (kind != ConnectionKind.CLEARTEXT) {
      HandshakeCertificates certificates =
          new HandshakeCertificates.Builder()
              .heldCertificate(certificate)
              .addTrustedCertificate(certificate.certificate())
              .build();
      server.useHttps(certificates.sslSocketFactory(), false);
      server.setProtocols(
          kind == ConnectionKind.TLS
              ? List.of(Protocol.HTTP_1_1)
              : List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
      http.sslSocketFactory(certificates.sslSocketFactory(), certificates.trustManager());
    }
    http.addNetworkInterceptor(
        chain -> {
          noDelay.set(chain.connection().socket().getTcpNoDelay());
          protocol.set(chain.connection().protocol());
          return chain.proceed(chain.request());
        });
    server.start();
    return TokenFactoryClient.builder()
        .apiKey("k3y")
        .baseUrl(server.url("/").toString())
        .httpClient(http.build())
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private static String largeBody() {
    return "{\"data\":[{\"embedding\":\""
        + Base64.getEncoder().encodeToString(new byte[DIMENSIONS * Float.BYTES])
        + "\",\"index\":0}]}";
  }

  @ParameterizedTest
  @EnumSource
  void sendsWithoutDelayAndReadsLargeResponses(ConnectionKind kind) throws Exception {
    server.enqueue(new MockResponse().setBody(largeBody()));
    server.enqueue(new MockResponse().setBody(largeBody()));
    try (TokenFactoryClient client = client(kind)) {
      for (int i = 0; i < 2; i++) {
        assertThat(EmbeddingsService.of(client).create("m", INPUT).dimensions())
            .isEqualTo(DIMENSIONS);
      }
    }

    assertThat(noDelay).hasValue(true);
    assertThat(protocol)
        .hasValue(kind == ConnectionKind.HTTP_2 ? Protocol.HTTP_2 : Protocol.HTTP_1_1);
    RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
    assertThat(request.getTlsVersion() != null).isEqualTo(kind != ConnectionKind.CLEARTEXT);
    // The second call used the connection of the first.
    assertThat(server.takeRequest(10, TimeUnit.SECONDS).getSequenceNumber()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void deadlineEndsASilentCall(ConnectionKind kind) throws Exception {
    server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
    server.enqueue(
        new MockResponse().setBody(largeBody()).throttleBody(100, 100, TimeUnit.MILLISECONDS));
    try (TokenFactoryClient client = client(kind)) {
      RequestOptions shortly = RequestOptions.builder().timeout(Duration.ofMillis(300)).build();
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(DeadlineExceededException.class)
            .isThrownBy(
                () ->
                    EmbeddingsService.of(client)
                        .create(
                            EmbeddingRequest.builder().model("m").input(INPUT).build(), shortly));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancellingTheFutureEndsTheCall(ConnectionKind kind) throws Exception {
    // Decides by content, because the server may read the second request before the first.
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            MockResponse whole = new MockResponse().setBody(largeBody());
            return request.getBody().readUtf8().contains("slow")
                ? whole.throttleBody(100, 100, TimeUnit.MILLISECONDS)
                : whole;
          }
        });
    try (TokenFactoryClient client = client(kind)) {
      CompletableFuture<EmbeddingResult> future =
          EmbeddingsService.of(client).createAsync("slow", INPUT);
      server.takeRequest(10, TimeUnit.SECONDS);
      future.cancel(true);

      assertThatExceptionOfType(CancellationException.class).isThrownBy(future::join);
      assertThat(EmbeddingsService.of(client).create("m", INPUT).dimensions())
          .isEqualTo(DIMENSIONS);
    }
  }

  private interface Rerank {
    @POST("v1/rerank")
    Call<ResponseBody> rerank(@Body Map<String, String> query);
  }

  @Test
  void repeatsAPostWhoseStreamTheServerRefused() throws Exception {
    int refusedStream = 7;
    server.enqueue(
        new MockResponse()
            .setSocketPolicy(SocketPolicy.RESET_STREAM_AT_START)
            .setHttp2ErrorCode(refusedStream));
    server.enqueue(new MockResponse().setBody("{}"));
    try (TokenFactoryClient client = client(ConnectionKind.HTTP_2)) {
      Response<ResponseBody> response =
          client.create(Rerank.class).rerank(Map.of("query", "a")).execute();

      // OkHttp sends it again by itself, without a wait.
      assertThat(ResponseInfo.of(response).attempts()).isEqualTo(1);
      assertThat(server.getRequestCount()).isEqualTo(2);
    }
  }

  private TokenFactoryClientBuilder ownClient() throws IOException {
    server.start();
    return TokenFactoryClient.builder().apiKey("k3y").baseUrl(server.url("/").toString());
  }

  private static MockResponse compressed() throws IOException {
    Buffer gzip = new Buffer();
    try (BufferedSink sink = Okio.buffer(new GzipSink(gzip))) {
      sink.writeUtf8(largeBody());
    }
    return new MockResponse().setHeader("Content-Encoding", "gzip").setBody(gzip);
  }

  @Test
  void requestsCompressionOnlyIfConfigured() throws Exception {
    server.enqueue(new MockResponse().setBody(largeBody()));
    server.enqueue(compressed());
    try (TokenFactoryClient plain = ownClient().build();
        TokenFactoryClient gzip =
            TokenFactoryClient.builder()
                .apiKey("k3y")
                .baseUrl(server.url("/").toString())
                .header("Accept-Encoding", "gzip")
                .build()) {
      assertThat(EmbeddingsService.of(plain).create("m", INPUT).dimensions()).isEqualTo(DIMENSIONS);
      assertThat(EmbeddingsService.of(gzip).create("m", INPUT).dimensions()).isEqualTo(DIMENSIONS);
    }

    assertThat(server.takeRequest(10, TimeUnit.SECONDS).getHeader("Accept-Encoding"))
        .isEqualTo("identity");
    assertThat(server.takeRequest(10, TimeUnit.SECONDS).getHeader("Accept-Encoding"))
        .isEqualTo("gzip");
  }

  @Test
  void keepsCompressionTimeoutsAndSocketsOfAUsersClient() throws Exception {
    server.enqueue(compressed());
    server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
    OkHttpClient own =
        new OkHttpClient.Builder()
            .readTimeout(Duration.ofMillis(200))
            .addNetworkInterceptor(
                chain -> {
                  noDelay.set(chain.connection().socket().getTcpNoDelay());
                  return chain.proceed(chain.request());
                })
            .build();
    try (TokenFactoryClient client = ownClient().httpClient(own).maxRetries(0).build()) {
      assertThat(EmbeddingsService.of(client).create("m", INPUT).dimensions())
          .isEqualTo(DIMENSIONS);
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> EmbeddingsService.of(client).create("m", INPUT))
          .withMessageContaining("SocketTimeoutException");
    }

    assertThat(server.takeRequest(10, TimeUnit.SECONDS).getHeader("Accept-Encoding"))
        .isEqualTo("gzip");
    assertThat(noDelay).hasValue(false);
  }
}
