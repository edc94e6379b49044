package io.github.tokenfactory.build;

import static io.github.tokenfactory.build.CorpusDocument.isTrue;
import static io.github.tokenfactory.build.CorpusDocument.members;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.build.CorpusDocument.Operation;
import io.github.tokenfactory.build.CorpusSamples.Direction;
import io.github.tokenfactory.json.ObjectAdapter;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.QueueDispatcher;
import okio.Buffer;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;
import retrofit2.http.Body;
import retrofit2.http.DELETE;
import retrofit2.http.GET;
import retrofit2.http.HEAD;
import retrofit2.http.HTTP;
import retrofit2.http.OPTIONS;
import retrofit2.http.PATCH;
import retrofit2.http.POST;
import retrofit2.http.PUT;

/**
 * Binds all operations of a document and calls each over loopback. What goes there and back is made
 * from the document and compared with it, apart from the build's own reading.
 */
final class Corpus implements AutoCloseable {
  private static final Gson GSON = new Gson();
  private static final String PREFIX = "/some/prefix";
  private static final byte[] RAW = {(byte) 0xfe, 0, 10, 13};

  /** Reads and writes this many values of each body, beside those that travel. */
  private static final int SAMPLES = 7;

  /** An answer of the server that the document describes. */
  private record Answer(
      int status, String mediaType, JsonElement schema, List<JsonElement> examples) {
    Answer(int status) {
      this(status, null, null, List.of());
    }

    @Override
    public String toString() {
      return status + " " + mediaType + " " + schema;
    }

    boolean isJson() {
      return mediaType != null && schema != null && CorpusCall.isJson(mediaType);
    }

    MockResponse response(JsonElement json) {
      MockResponse response = new MockResponse().setResponseCode(status);
      if (mediaType == null) {
        return response;
      }
      String type = mediaType.replace("application/*", "*/*").replace("*/*", "application/json");
      response.setHeader("Content-Type", type.contains("*") ? "image/png" : type);
      return response.setBody(
          json == null ? new Buffer().write(RAW) : new Buffer().writeUtf8(json.toString()));
    }
  }

  /** A Java method, with its verb and path. */
  private record BoundMethod(Method method, String verb, String path) {}

  private final CorpusDocument document;
  private final List<BoundMethod> methods = new ArrayList<>();
  private final MockWebServer server = new MockWebServer();
  private final TokenFactoryClient client;
  private final Object api;
  private final List<String> problems = new ArrayList<>();

  private Corpus(CorpusDocument document, Class<?> type) throws IOException {
    this.document = document;
    for (Method method : type.getMethods()) {
      for (Annotation annotation : method.getAnnotations()) {
        BoundMethod bound = bound(method, annotation);
        if (bound != null) {
          methods.add(bound);
        }
      }
    }
    server.setServerSocketFactory(new PromptSockets());
    server.start();
    client =
        TokenFactoryClient.builder()
            .apiKey("k3y")
            .baseUrl(server.url(PREFIX + "/").toString())
            .maxRetries(0)
            .build();
    api = client.create(type);
  }

  /** Generates, compiles as strictly as the build, and loads each method in Retrofit. */
  static Corpus bind(Path file, Path directory) throws IOException, ReflectiveOperationException {
    Map<String, String> sources = Generation.of(file, "*", settings -> {});
    Generation.compile(sources, directory);
    ClassLoader loader = new Loader(directory);
    Class<?> type = loader.loadClass("io.github.tokenfactory.api.TokenFactoryApi");
    new Retrofit.Builder()
        .baseUrl("http://localhost/")
        .addConverterFactory(GsonConverterFactory.create())
        .validateEagerly(true)
        .build()
        .create(type);
    return new Corpus(CorpusDocument.read(file), type);
  }

  List<Operation> operations() {
    return document.operations();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }

  private static BoundMethod bound(Method method, Annotation annotation) {
    if (annotation instanceof HTTP http) {
      return new BoundMethod(method, http.method(), http.path());
    }
    if (List.of(
            GET.class, PUT.class, POST.class, DELETE.class, OPTIONS.class, HEAD.class, PATCH.class)
        .contains(annotation.annotationType())) {
      try {
        Object path = annotation.annotationType().getMethod("value").invoke(annotation);
        return new BoundMethod(method, annotation.annotationType().getSimpleName(), (String) path);
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
    return null;
  }

  /** Makes the calls of an operation; fails with all that is wrong. */
  void check(Operation operation) {
    problems.clear();
    List<BoundMethod> found =
        methods.stream()
            .filter(method -> method.verb.equalsIgnoreCase(operation.method()))
            .filter(method -> shape(method.path).equals(shape(operation.path())))
            .toList();
    if (found.isEmpty()) {
      throw new AssertionError("no method");
    }
    List<Answer> answers =
        operation.method().equals("head") ? List.of(new Answer(200)) : answers(operation);
    boolean hasTyped = false;
    boolean hasRaw = false;
    for (BoundMethod bound : found) {
      Type type =
          ((ParameterizedType) bound.method.getGenericReturnType()).getActualTypeArguments()[0];
      boolean isRaw = type == ResponseBody.class;
      hasRaw |= isRaw;
      hasTyped |= !isRaw && type != Void.class;
      List<Answer> fitting =
          answers.stream()
              .filter(answer -> answer.mediaType == null || answer.isJson() != isRaw)
              .toList();
      if (isRaw && fitting.stream().allMatch(answer -> answer.mediaType == null)) {
        problems.add("the answer is left raw: " + answers);
        continue;
      }
      if (type == Void.class && fitting.stream().anyMatch(Answer::isJson)) {
        problems.add("the answer is not read: " + answers);
        continue;
      }
      for (int i = 0; i < 2; i++) {
        int call = i;
        Answer answer =
            fitting.isEmpty() ? new Answer(200) : fitting.get(Math.min(i, fitting.size() - 1));
        trying(
            (call == 0 ? "call" : "minimal call") + " of " + bound.method.getName(),
            () -> call(operation, bound, type, answer, call == 1));
      }
      for (Answer answer : fitting) {
        if (answer.isJson()) {
          for (int i = 0; i < SAMPLES; i++) {
            int number = i;
            trying("answer " + answer.status, () -> readAndWrite(type, answer.schema, number));
          }
          for (JsonElement example : answer.examples) {
            trying("example", () -> assertKept(type, example));
          }
        }
      }
      checkBodies(operation, bound.method);
    }
    if (found.stream().noneMatch(bound -> canLeaveBodyOut(operation, bound.method))) {
      problems.add("an optional body cannot be left out");
    }
    if (answers.stream().anyMatch(Answer::isJson) && !hasTyped) {
      problems.add("no method reads the JSON: " + answers);
    }
    if (answers.stream().anyMatch(a -> "text/event-stream".equals(a.mediaType)) && !hasRaw) {
      problems.add("no method has the stream of events");
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(
          problems.size()
              + " problem(s):\n"
              + String.join("\n", problems.stream().distinct().toList()));
    }
  }

  private boolean canLeaveBodyOut(Operation operation, Method method) {
    boolean isRequired =
        !operation.json().has("requestBody")
            || isTrue(document.resolve(operation.json().get("requestBody")).get("required"));
    int body = bodyIndex(method);
    return isRequired || body < 0 || CorpusCall.isNullable(method, body);
  }

  /** {@return the index of the parameter that is the body, or -1} */
  private static int bodyIndex(Method method) {
    for (int i = 0; i < method.getParameterCount(); i++) {
      if (Arrays.stream(method.getParameterAnnotations()[i]).anyMatch(Body.class::isInstance)) {
        return i;
      }
    }
    return -1;
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private void trying(String what, Attempt attempt) {
    try {
      attempt.run();
    } catch (InvocationTargetException e) {
      problems.add(what + ": " + e.getCause());
    } catch (Exception | AssertionError e) {
      problems.add(what + ": " + e);
    }
  }

  private static String shape(String path) {
    String plain = path.replaceAll("\\{[^{}]*}", "{}");
    plain = plain.replaceFirst("^\\.\\s*/|^/", ""); // a step that OkHttp drops
    return URLDecoder.decode(plain.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Answer answer(int status, String mediaType, JsonObject media) {
    boolean isAnyJson = !media.has("schema") && CorpusCall.JSON.matcher(mediaType).matches();
    JsonElement schema = isAnyJson ? new JsonObject() : media.get("schema");
    return new Answer(status, mediaType, schema, CorpusDocument.examples(media));
  }

  private List<Answer> answers(Operation operation) {
    Map<String, JsonElement> responses = members(operation.json().get("responses"));
    boolean hasSuccess = responses.keySet().stream().anyMatch(status -> status.startsWith("2"));
    List<Answer> answers = new ArrayList<>();
    responses.forEach(
        (status, response) -> {
          if (status.startsWith(hasSuccess ? "2" : "default")) {
            int code = status.matches("[0-9]+") ? Integer.parseInt(status) : 200;
            Map<String, JsonElement> content =
                code == 204 ? Map.of() : members(document.resolve(response).get("content"));
            content.forEach(
                (type, media) -> answers.add(answer(code, type, media.getAsJsonObject())));
            if (content.isEmpty()) {
              answers.add(new Answer(code));
            }
          }
        });
    return answers;
  }

  private void call(
      Operation operation, BoundMethod bound, Type type, Answer answer, boolean isMinimal)
      throws Exception {
    int number = isMinimal ? 1 : 0;
    CorpusCall made = new CorpusCall(document, operation, bound.method, isMinimal, number);
    Object[] arguments = made.arguments(bound.path);
    CorpusSamples samples = new CorpusSamples(document, Direction.RESPONSE, isMinimal, number);
    JsonElement json = answer.isJson() ? samples.sample(answer.schema) : null;
    server.enqueue(answer.response(json));
    int before = server.getRequestCount();
    Response<?> came = null;
    Exception failure = null;
    try {
      came = ((Call<?>) bound.method.invoke(api, arguments)).execute();
    } catch (Exception e) {
      failure = e;
    }
    if (server.getRequestCount() == before) {
      server.setDispatcher(new QueueDispatcher()); // forgets the answer
    } else {
      made.check(server.takeRequest(10, TimeUnit.SECONDS), PREFIX);
    }
    if (failure != null) {
      throw failure;
    }
    assertThat(came.code()).as("status").isEqualTo(answer.status);
    if (came.body() instanceof ResponseBody raw) {
      assertThat(raw.bytes())
          .as("raw answer")
          .isEqualTo(answer.mediaType == null ? new byte[0] : RAW);
    } else if (json != null) {
      assertSame(type, came.body(), json, samples);
    } else if (came.body() != null) {
      throw new AssertionError("read as " + came.body());
    }
  }

  private static void assertKept(Type type, JsonElement example) {
    assertThat(CorpusValues.same(write(type, read(type, example)), example))
        .as("example %s is kept", example)
        .isTrue();
  }

  private void readAndWrite(Type type, JsonElement schema, int number) {
    CorpusSamples samples = new CorpusSamples(document, Direction.RESPONSE, false, number);
    JsonElement json = samples.sample(schema);
    document.assertValid(schema, json);
    assertSame(type, read(type, json), json, samples);
  }

  /** {@return what the client reads, which a plain Gson reads alike if it is a generated class} */
  private static Object read(Type type, JsonElement json) {
    Object read = ObjectAdapter.registry().apply(type).fromJsonTree(json);
    if (isGenerated(type)) {
      Object byGson = GSON.fromJson(json, type);
      assertThat(byGson).as("read by Gson").isEqualTo(read);
    }
    return read;
  }

  @SuppressWarnings("unchecked") // the value is of this type
  private static JsonElement write(Type type, Object value) {
    TypeAdapter<Object> adapter = (TypeAdapter<Object>) ObjectAdapter.registry().apply(type);
    JsonElement written = adapter.toJsonTree(value);
    if (isGenerated(type)) {
      assertThat(JsonParser.parseString(GSON.toJson(value, type)))
          .as("written by Gson")
          .isEqualTo(JsonParser.parseString(written.toString()));
    }
    return written;
  }

  private static boolean isGenerated(Type type) {
    return type instanceof Class<?> raw && raw.isAnnotationPresent(JsonAdapter.class);
  }

  private static void assertSame(Type type, Object read, JsonElement json, CorpusSamples samples) {
    if (read == null) {
      assertThat(json).as("read as null").isEqualTo(JsonNull.INSTANCE);
      return;
    }
    JsonElement written = write(type, read);
    assertThat(CorpusValues.same(written, json))
        .as("written back as %s, read from %s", written, json)
        .isTrue();
    try {
      new CorpusValues(samples.untyped()).assertTyped(read);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", of " + CorpusValues.shown(json), e);
    }
  }

  private void checkBodies(Operation operation, Method method) {
    if (!operation.json().has("requestBody")) {
      return;
    }
    JsonObject holder = document.resolve(operation.json().get("requestBody"));
    int index = bodyIndex(method);
    Type type = index < 0 ? RequestBody.class : method.getGenericParameterTypes()[index];
    if (type != RequestBody.class) {
      members(holder.get("content")).entrySet().stream()
          .filter(media -> CorpusCall.isJson(media.getKey()))
          .limit(1)
          .map(media -> media.getValue().getAsJsonObject())
          .forEach(
              media -> {
                for (int i = 0; i < SAMPLES; i++) {
                  int number = i;
                  trying("body", () -> buildAndRead(type, media.get("schema"), number));
                }
                for (JsonElement example : CorpusDocument.examples(media)) {
                  trying("example", () -> assertKept(type, example));
                }
              });
    }
  }

  private void buildAndRead(Type type, JsonElement schema, int number) {
    CorpusSamples samples = new CorpusSamples(document, Direction.REQUEST, false, number);
    JsonElement json = samples.sample(schema);
    document.assertValid(schema, json);
    Object built = new CorpusValues(samples.untyped()).build(type, json);
    if (built != null) {
      assertSame(type, built, json, samples);
      assertSame(type, read(type, json), json, samples);
    }
  }

  /** Sends answers at once: without this, each would wait for the client's acknowledgement. */
  private static final class PromptSockets extends ServerSocketFactory {
    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new ServerSocket() {
        @Override
        public Socket accept() throws IOException {
          Socket socket = super.accept();
          socket.setTcpNoDelay(true);
          return socket;
        }
      };
    }

    @Override
    public ServerSocket createServerSocket(int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
      throw new UnsupportedOperationException();
    }
  }

  /** Loads generated classes from a folder in place of the build's. */
  private static final class Loader extends URLClassLoader {
    Loader(Path classes) throws IOException {
      super(new URL[] {classes.toUri().toURL()}, Corpus.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean isGenerated = name.matches("io\\.github\\.tokenfactory\\.(model|api)\\..*");
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null
            ? loaded
            : isGenerated ? findClass(name) : super.loadClass(name, resolve);
      }
    }
  }
}
