package io.github.tokenfactory;

import static io.github.tokenfactory.Http2Server.CLOSE;
import static io.github.tokenfactory.Http2Server.answer;
import static io.github.tokenfactory.Http2Server.goAway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tokenfactory.Http2Server.Step;
import io.github.tokenfactory.errors.TransportException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.http.Body;
import retrofit2.http.POST;
import retrofit2.http.Tag;

/** POST requests on an HTTP/2 connection that the server closes with GOAWAY. */
class GoAwayTest {
  private interface Service {
    @POST("v1/rerank")
    Call<Map<String, String>> rerank(@Body Map<String, String> query, @Tag RequestOptions options);
  }

  /** OkHttp's first stream. */
  private static final int FIRST = 3;

  private static final Step GOOD = answer("{\"id\":\"r\"}");

  private Http2Server server;
  private TokenFactoryClient client;

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private Response<Map<String, String>> post(RequestOptions options, Step... script)
      throws IOException {
    server = new Http2Server(script);
    client =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url())
            .httpClient(
                new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build())
            .scheduler(FakeScheduler.impatient())
            .build();
    return client.create(Service.class).rerank(Map.of("text", "a"), options).execute();
  }

  private List<String> requests() {
    return server.streams().stream()
        .map(stream -> "connection " + stream.connection() + ", stream " + stream.id())
        .toList();
  }

  @Test
  void repeatsAPostAboveTheLastStreamOnANewConnection() throws IOException {
    Response<Map<String, String>> response = post(null, goAway(FIRST - 2), GOOD);

    assertThat(response.body()).containsEntry("id", "r");
    assertThat(ResponseInfo.of(response).attempts()).isEqualTo(1); // OkHttp sends it again itself
    assertThat(requests())
        .containsExactly("connection 1, stream " + FIRST, "connection 2, stream " + FIRST);
  }

  @Test
  void doesNotRepeatAPostUpToTheLastStream() {
    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> post(null, goAway(FIRST).then(CLOSE), GOOD));

    assertThat(error)
        .hasMessageContaining("may have processed the request")
        .hasMessageContaining("RequestOptions.safeToRepeat(true)");
    assertThat(error.info().attempts()).isEqualTo(1);
    assertThat(requests()).containsExactly("connection 1, stream " + FIRST);
  }

  @Test
  void repeatsAPostUpToTheLastStreamIfTheCallerAllowsIt() throws IOException {
    RequestOptions safe = RequestOptions.builder().safeToRepeat(true).build();

    Response<Map<String, String>> response = post(safe, goAway(FIRST).then(CLOSE), GOOD);

    assertThat(response.body()).containsEntry("id", "r");
    assertThat(requests()).hasSize(2);
  }

  @Test
  void readsTheResponseOfAPostUpToTheLastStream() throws IOException {
    Response<Map<String, String>> response = post(null, goAway(FIRST).then(GOOD));

    assertThat(response.body()).containsEntry("id", "r");
    assertThat(ResponseInfo.of(response).attempts()).isEqualTo(1);
  }
}
