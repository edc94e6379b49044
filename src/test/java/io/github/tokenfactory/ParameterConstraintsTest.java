package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.tokenfactory.build.Generation;
import io.github.tokenfactory.errors.InvalidRequestException;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retrofit2.Call;
import retrofit2.http.Field;
import retrofit2.http.FormUrlEncoded;
import retrofit2.http.GET;
import retrofit2.http.Header;
import retrofit2.http.POST;
import retrofit2.http.Query;

/** Constraints of query, path, header and form parameters. */
class ParameterConstraintsTest {
  public interface Service {
    @GET("things/{id}")
    Call<ResponseBody> list(
        @retrofit2.http.Path("id") @Size(min = 2) String id,
        @Query("page_size")
            @DecimalMin(value = "1", message = "must be greater than or equal to {value}")
            @Nullable Long pageSize,
        @Query("tags") @Nullable List<@Size(min = 1) String> tags,
        @Header("X-Trace") @NotNull String trace);

    @FormUrlEncoded
    @POST("token")
    Call<ResponseBody> token(@Field("grant_type") @NotBlank String grantType);
  }

  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Parameters, version: "1"}
      paths:
        /things/{id}:
          get:
            operationId: listThings
            parameters:
              - {name: id, in: path, required: true, schema: {type: string, minLength: 2}}
              - {name: page_size, in: query, schema: {type: integer, minimum: 1, maximum: 50, multipleOf: 5}}
              - {name: after, in: query, required: true, schema: {type: string, pattern: '^[a-z]+$'}}
              - {name: ratio, in: query, schema: {type: number, exclusiveMinimum: 0}}
              - {name: tags, in: query, schema: {type: array, items: {type: string, minLength: 1}, maxItems: 2}}
              - {name: X-Trace, in: header, required: true, schema: {type: string}}
            responses: {"204": {description: none}}
      """;

  private static TokenFactoryClient client(FaultServer server) {
    return TokenFactoryClient.builder().apiKey("key").baseUrl(server.url()).build();
  }

  private static void assertRefused(Call<?> call, String message) {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(call::execute)
        .withMessage(message);
  }

  @Test
  void areCheckedBeforeSendingUnderTheNamesOnTheWire() throws IOException {
    try (FaultServer server = new FaultServer();
        TokenFactoryClient client = client(server)) {
      Service service = client.create(Service.class);

      assertRefused(
          service.list("ab", 0L, null, "t"),
          "Invalid list, nothing was sent: page_size must be greater than or equal to 1.");
      assertRefused(
          service.list("a", null, List.of("x", ""), null),
          "Invalid list, nothing was sent: X-Trace must not be null; id size must be between 2 and"
              + " 2147483647; tags[1] size must be between 1 and 2147483647.");
      assertRefused(
          service.token(null), "Invalid token, nothing was sent: grant_type must not be blank.");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void letValidArgumentsPass() throws IOException {
    try (FaultServer server = new FaultServer(FaultServer.answer(200, "{}"));
        TokenFactoryClient client = client(server)) {
      Service service = client.create(Service.class);

      assertThat(service.list("ab", 1L, List.of("x"), "t").execute().isSuccessful()).isTrue();
    }
  }

  @Test
  void areGeneratedFromTheDocument(@TempDir Path directory) throws Exception {
    Path document = Files.writeString(directory.resolve("parameters.yaml"), DOCUMENT);
    Map<String, String> sources = Generation.of(document, "*", settings -> {});
    Path classes = Files.createDirectory(directory.resolve("classes"));
    Generation.compile(sources, classes);
    try (URLClassLoader loader =
            new URLClassLoader(new URL[] {classes.toUri().toURL()}, null) {
              @Override
              protected Class<?> findClass(String name) throws ClassNotFoundException {
                return name.endsWith("TokenFactoryApi")
                    ? super.findClass(name)
                    : ParameterConstraintsTest.class.getClassLoader().loadClass(name);
              }
            };
        FaultServer server = new FaultServer();
        TokenFactoryClient client = client(server)) {
      Class<?> api = loader.loadClass("io.github.tokenfactory.api.TokenFactoryApi");
      Method list =
          Arrays.stream(api.getMethods())
              .filter(method -> method.getName().equals("listThings"))
              .findFirst()
              .orElseThrow();

      assertThat(Arrays.stream(list.getParameters()).map(ParameterConstraintsTest::constraints))
          .containsExactly(
              List.of("Size"),
              List.of("NotNull", "Pattern"),
              List.of("NotNull"),
              List.of("DecimalMax", "DecimalMin", "MultipleOf"),
              List.of("DecimalMin"),
              List.of("Size"));
      Object service = client.create(api);
      Call<?> call =
          (Call<?>) list.invoke(service, "ab", "B", null, 60L, 0.0, List.of("", "b", "c"));
      assertRefused(
          call,
          "Invalid listThings, nothing was sent: X-Trace must not be null;"
              + " page_size must be less than or equal to 50;"
              + " ratio must be greater than 0; tags size must be at most 2;"
              + " tags[0] size must be between 1 and 2147483647.");
    }
  }

  private static List<String> constraints(Parameter parameter) {
    return Stream.of(parameter.getAnnotations())
        .map(Annotation::annotationType)
        .filter(type -> type.isAnnotationPresent(jakarta.validation.Constraint.class))
        .map(Class::getSimpleName)
        .sorted()
        .toList();
  }
}
