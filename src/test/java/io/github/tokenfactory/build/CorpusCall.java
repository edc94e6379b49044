package io.github.tokenfactory.build;

import static io.github.tokenfactory.build.CorpusDocument.elements;
import static io.github.tokenfactory.build.CorpusDocument.isTrue;
import static io.github.tokenfactory.build.CorpusDocument.members;
import static io.github.tokenfactory.build.CorpusDocument.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.build.CorpusDocument.Operation;
import io.github.tokenfactory.build.CorpusSamples.Direction;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;
import okhttp3.mockwebserver.RecordedRequest;
import org.jspecify.annotations.Nullable;
import retrofit2.http.Body;
import retrofit2.http.Field;
import retrofit2.http.FieldMap;
import retrofit2.http.Header;
import retrofit2.http.HeaderMap;
import retrofit2.http.Part;
import retrofit2.http.Path;
import retrofit2.http.Query;
import retrofit2.http.QueryMap;

/**
 * One call of an operation: the arguments of its Java method, made from the document, and what a
 * server must receive, also made from the document.
 */
final class CorpusCall {
  static final Pattern JSON = Pattern.compile("(?i)(application|text)/(.+\\+)?json\\s*(;.*)?");

  private static final Pattern TEMPLATE = Pattern.compile("\\{([^{}]*)}");
  private static final Set<String> IGNORED_HEADERS =
      Set.of("accept", "content-type", "authorization");
  private static final byte[] RAW = {0, 1, 2, (byte) 0xff};

  /** A name and a value, as they travel. */
  private record Pair(String name, String value) {}

  private final CorpusDocument document;
  private final Operation operation;
  private final Method method;
  private final boolean isMinimal;
  private final CorpusSamples samples;

  /** The values of the parameters that are sent, by where they are and their name. */
  private final Map<String, JsonElement> values = new LinkedHashMap<>();

  private final Map<String, JsonObject> parameters = new LinkedHashMap<>();
  private final Set<String> mapped = new LinkedHashSet<>();
  private String mediaType;
  private JsonElement body;
  private List<Pair> fields;

  CorpusCall(
      CorpusDocument document, Operation operation, Method method, boolean isMinimal, int number) {
    this.document = document;
    this.operation = operation;
    this.method = method;
    this.isMinimal = isMinimal;
    samples = new CorpusSamples(document, Direction.REQUEST, isMinimal, number);
    for (JsonObject parameter : operation.parameters()) {
      String in = text(parameter, "in");
      String name = text(parameter, "name");
      boolean isIgnored =
          in.equals("header") && IGNORED_HEADERS.contains(name.toLowerCase(Locale.ROOT));
      if (!isIgnored) {
        String key = in + " " + (in.equals("header") ? name.toLowerCase(Locale.ROOT) : name);
        parameters.put(key, parameter);
        if (!isMinimal || in.equals("path") || isTrue(parameter.get("required"))) {
          values.put(key, sample(parameter));
        }
      }
    }
    for (String name : templateNames(operation.path())) {
      values.putIfAbsent("path " + name, new JsonPrimitive("x/y"));
    }
  }

  private JsonElement sample(JsonObject parameter) {
    JsonElement example = parameter.get("example");
    JsonElement schema = schema(parameter);
    JsonElement made =
        example instanceof JsonPrimitive && samples.flat(schema).has("pattern")
            ? example
            : samples.sample(schema);
    made = plain(made);
    boolean isInHeader = Set.of("header", "cookie").contains(text(parameter, "in"));
    return isInHeader
        ? JsonParser.parseString(made.toString().replaceAll("[^ -~]|\\\\.|;", "x"))
        : made;
  }

  /** {@return the value with a text or a number where a schema allows anything} */
  private static JsonElement plain(JsonElement value) {
    if (value.equals(CorpusSamples.ANYTHING)) {
      return new JsonPrimitive(7);
    }
    if (value instanceof JsonObject object) {
      JsonObject plain = new JsonObject();
      object.asMap().forEach((name, member) -> plain.add(name, plain(member)));
      return plain;
    }
    return value;
  }

  private static JsonElement schema(JsonObject parameter) {
    if (parameter.has("content")) {
      return members(parameter.get("content"))
          .values()
          .iterator()
          .next()
          .getAsJsonObject()
          .get("schema");
    }
    return parameter.has("schema") ? parameter.get("schema") : new JsonObject();
  }

  private static List<String> templateNames(String path) {
    return TEMPLATE.matcher(path).results().map((MatchResult name) -> name.group(1)).toList();
  }

  // ----- Arguments -----

  /** {@return the method's arguments} */
  Object[] arguments(String boundPath) {
    Object[] arguments = new Object[method.getParameterCount()];
    int part = 0;
    for (int i = 0; i < arguments.length; i++) {
      Type type = method.getGenericParameterTypes()[i];
      for (Annotation annotation : method.getParameterAnnotations()[i]) {
        if (annotation instanceof Path path) {
          int index = templateNames(boundPath).indexOf(path.value());
          String name = templateNames(operation.path()).get(index);
          arguments[i] = argument(type, "path " + name);
        } else if (annotation instanceof Query query) {
          arguments[i] = query(type, query.value());
        } else if (annotation instanceof QueryMap) {
          arguments[i] = queryMap();
        } else if (annotation instanceof Header header) {
          arguments[i] =
              header.value().equals("Cookie")
                  ? cookies()
                  : argument(type, "header " + header.value().toLowerCase(Locale.ROOT));
        } else if (annotation instanceof HeaderMap) {
          throw new AssertionError("a map of headers");
        } else if (annotation instanceof Body) {
          arguments[i] = body(type, isNullable(method, i));
        } else if (annotation instanceof Field field) {
          arguments[i] = field(type, field.value());
        } else if (annotation instanceof FieldMap) {
          arguments[i] = fieldMap();
        } else if (annotation instanceof Part named) {
          arguments[i] = part(type, named.value(), part++);
        }
      }
    }
    return arguments;
  }

  private Object argument(Type type, String key) {
    JsonObject parameter = parameters.getOrDefault(key, new JsonObject());
    JsonElement value = values.get(key);
    assertThat(parameters.containsKey(key) || value != null)
        .as("the document has a parameter " + key)
        .isTrue();
    return value == null ? null : argument(type, value, parameter);
  }

  private Object argument(Type type, JsonElement value, JsonObject parameter) {
    if (type == String.class) {
      return parameter.has("content") ? value.toString() : joined(value, parameter);
    }
    if (type == JsonElement.class && parameter.has("content")) {
      return value; // the text of its JSON is what travels
    }
    boolean isOfTexts =
        type instanceof ParameterizedType generic
            && Collection.class.isAssignableFrom((Class<?>) generic.getRawType())
            && generic.getActualTypeArguments()[0] == String.class;
    if (isOfTexts && value.isJsonArray()) {
      Collection<String> texts =
          ((ParameterizedType) type).getRawType() == Set.class
              ? new LinkedHashSet<>()
              : new ArrayList<>();
      elements(value).forEach(element -> texts.add(scalar(element)));
      return texts;
    }
    return new CorpusValues(samples.untyped()).build(type, value);
  }

  private Object query(Type type, String name) {
    if (parameters.containsKey("query " + name)) {
      return argument(type, "query " + name);
    }
    for (Map.Entry<String, JsonObject> each : parameters.entrySet()) {
      if (each.getKey().startsWith("query ")) {
        JsonElement sent = values.get(each.getKey());
        for (Pair pair : pairs(each.getValue(), sent)) {
          if (pair.name.equals(name)) {
            String member = name.replaceFirst(".*\\[(.*)]$", "$1");
            return argument(type, sent.getAsJsonObject().get(member), each.getValue());
          }
        }
        boolean isMember =
            "deepObject".equals(text(each.getValue(), "style"))
                ? name.startsWith(text(each.getValue(), "name") + "[")
                : members(samples.flat(schema(each.getValue())).get("properties"))
                    .containsKey(name);
        if (isMember) {
          return null;
        }
      }
    }
    throw new AssertionError("the document has no query parameter " + name);
  }

  /** {@return all that no other parameter carries, for the first map} */
  private Map<String, String> queryMap() {
    Map<String, String> rest = new LinkedHashMap<>();
    if (mapped.add("query maps")) {
      values.forEach(
          (key, value) -> {
            if (key.startsWith("query ")) {
              pairs(parameters.get(key), value).forEach(pair -> rest.put(pair.name, pair.value));
            }
          });
      parameterAnnotations(Query.class).forEach(query -> rest.remove(query.value()));
    }
    return rest;
  }

  private <A extends Annotation> List<A> parameterAnnotations(Class<A> type) {
    return Arrays.stream(method.getParameterAnnotations())
        .flatMap(Arrays::stream)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private String cookies() {
    List<String> all = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith("cookie ")) {
            all.add(key.substring(7) + "=" + scalar(value));
          }
        });
    return all.isEmpty() ? null : String.join("; ", all);
  }

  private Object body(Type type, boolean isNullable) {
    JsonObject holder = document.resolve(operation.json().get("requestBody"));
    Map<String, JsonElement> content = members(holder.get("content"));
    if (isMinimal && isNullable && !isTrue(holder.get("required"))) {
      return null;
    }
    String json =
        content.entrySet().stream()
            .filter(each -> JSON.matcher(each.getKey()).matches() || hasSchema(each.getValue()))
            .map(Map.Entry::getKey)
            .filter(CorpusCall::isJson)
            .findFirst()
            .orElse(null);
    if (type == RequestBody.class) {
      assertThat(json).as("media type of a body that is not typed").isNull();
      mediaType =
          content.keySet().stream()
              .filter(name -> !name.contains("*"))
              .findFirst()
              .orElse("application/octet-stream");
      return RequestBody.create(RAW, MediaType.get(mediaType));
    }
    assertThat(json).as("media type of a typed body").isNotNull();
    mediaType = json;
    body = samples.sample(content.get(json).getAsJsonObject().get("schema"));
    return new CorpusValues(samples.untyped()).build(type, body);
  }

  /** {@return whether a parameter may be null} */
  static boolean isNullable(Method method, int parameter) {
    return method.getAnnotatedParameterTypes()[parameter].isAnnotationPresent(Nullable.class);
  }

  private static boolean hasSchema(JsonElement media) {
    return media.getAsJsonObject().has("schema");
  }

  /** {@return whether content of this type is JSON if it has a schema} */
  static boolean isJson(String mediaType) {
    return JSON.matcher(mediaType).matches()
        || mediaType.equals("*/*")
        || mediaType.equals("application/*");
  }

  private JsonObject form() {
    JsonObject holder = document.resolve(operation.json().get("requestBody"));
    Map.Entry<String, JsonElement> form =
        members(holder.get("content")).entrySet().stream()
            .filter(each -> each.getKey().matches("multipart/.*|.*urlencoded.*"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("the document has no form"));
    mediaType = form.getKey();
    if (fields == null) {
      fields = new ArrayList<>();
    }
    return samples.flat(form.getValue().getAsJsonObject().get("schema"));
  }

  private Object field(Type type, String name) {
    JsonObject flat = form();
    Map<String, JsonElement> properties = members(flat.get("properties"));
    String property = properties.containsKey(name) ? name : name.replaceFirst("\\[.*", "");
    assertThat(properties).as("properties of the form").containsKey(property);
    JsonElement value = field(flat, property);
    if (value == null) {
      return null;
    } else if (!property.equals(name)) {
      String member = name.substring(property.length() + 1, name.length() - 1);
      return argument(type, value.getAsJsonObject().get(member), new JsonObject());
    }
    assertThat(value.isJsonArray() && type instanceof Class)
        .as("one text for all of the field " + name)
        .isFalse();
    return argument(type, value, new JsonObject());
  }

  /** {@return the value of a field of the form, which is expected from here on} */
  private JsonElement field(JsonObject flat, String name) {
    if (isLeftOut(flat, name)) {
      return null;
    }
    JsonElement value = samples.sample(flat.getAsJsonObject("properties").get(name));
    if (mapped.add("field " + name)) {
      JsonObject encoding = encoding(name).deepCopy();
      encoding.addProperty("name", name);
      fields.addAll(pairs(encoding, value));
    }
    return value;
  }

  private JsonObject encoding(String name) {
    JsonObject holder = document.resolve(operation.json().get("requestBody"));
    JsonObject form = holder.getAsJsonObject("content").getAsJsonObject(mediaType);
    return members(form.get("encoding")).getOrDefault(name, new JsonObject()).getAsJsonObject();
  }

  /** {@return all that no other field carries, for the first map} */
  private Map<String, String> fieldMap() {
    Map<String, String> rest = new LinkedHashMap<>();
    if (mapped.add("field maps")) {
      JsonObject flat = form();
      for (String name : members(flat.get("properties")).keySet()) {
        JsonElement value = field(flat, name);
        JsonObject encoding = encoding(name).deepCopy();
        encoding.addProperty("name", name);
        pairs(encoding, value).forEach(pair -> rest.put(pair.name, pair.value));
      }
      parameterAnnotations(Field.class).forEach(field -> rest.remove(field.value()));
    }
    return rest;
  }

  private boolean isLeftOut(JsonObject flat, String name) {
    List<JsonElement> required = elements(flat.get("required"));
    // A multipart body has at least one part.
    boolean isOnly =
        required.isEmpty()
            && mediaType.startsWith("multipart/")
            && name.equals(members(flat.get("properties")).keySet().iterator().next());
    return isMinimal && !isOnly && !required.contains(new JsonPrimitive(name));
  }

  private Object part(Type type, String stated, int index) {
    JsonObject flat = form();
    List<String> names =
        members(flat.get("properties")).entrySet().stream()
            .filter(each -> !isTrue(samples.flat(each.getValue()).get("readOnly")))
            .map(Map.Entry::getKey)
            .toList();
    String name = stated.isEmpty() ? names.get(index) : stated;
    JsonElement schema = flat.getAsJsonObject("properties").get(name);
    if (isLeftOut(flat, name)) {
      return null;
    }
    JsonElement value = samples.sample(schema);
    if (value.equals(new JsonArray())) { // a multipart body has at least one part
      value = new CorpusSamples(document, Direction.REQUEST, false, 0).sample(schema);
    }
    if (!value.isJsonArray()) {
      fields.add(new Pair(name, scalar(value)));
      return type == MultipartBody.Part.class
          ? formPart(name, value)
          : type == RequestBody.class
              ? RequestBody.create(scalar(value), null)
              : argument(type, value, new JsonObject());
    }
    boolean takesSeveral =
        type instanceof ParameterizedType generic && generic.getRawType() == List.class;
    assertThat(takesSeveral).as("several parts under the name " + name).isTrue();
    List<MultipartBody.Part> parts = new ArrayList<>();
    for (JsonElement each : value.getAsJsonArray()) {
      fields.add(new Pair(name, scalar(each)));
      parts.add(formPart(name, each));
    }
    return parts;
  }

  private static MultipartBody.Part formPart(String name, JsonElement value) {
    return MultipartBody.Part.createFormData(name, scalar(value));
  }

  // ----- How values travel, after the document -----

  private static String scalar(JsonElement value) {
    return value instanceof JsonPrimitive scalar ? scalar.getAsString() : value.toString();
  }

  private static String joined(JsonElement value, JsonObject parameter) {
    if (value instanceof JsonArray array) {
      String style = String.valueOf(text(parameter, "style"));
      return array.asList().stream()
          .map(CorpusCall::scalar)
          .collect(
              Collectors.joining(
                  style.equals("pipeDelimited")
                      ? "|"
                      : style.equals("spaceDelimited") ? " " : ","));
    }
    if (value instanceof JsonObject object) {
      String between = isTrue(parameter.get("explode")) ? "=" : ",";
      return object.entrySet().stream()
          .map(member -> member.getKey() + between + scalar(member.getValue()))
          .collect(Collectors.joining(","));
    }
    return scalar(value);
  }

  private static List<Pair> pairs(JsonObject parameter, JsonElement value) {
    String name = text(parameter, "name");
    List<Pair> pairs = new ArrayList<>();
    if (value == null || value == JsonNull.INSTANCE) {
      return pairs;
    }
    String style = parameter.has("style") ? text(parameter, "style") : "form";
    boolean explode =
        parameter.has("explode") ? isTrue(parameter.get("explode")) : style.equals("form");
    if (parameter.has("content")) {
      pairs.add(new Pair(name, value.toString()));
    } else if (value instanceof JsonArray array && explode) {
      array.forEach(each -> pairs.add(new Pair(name, scalar(each))));
    } else if (value instanceof JsonObject object && (explode || style.equals("deepObject"))) {
      object
          .asMap()
          .forEach(
              (member, each) -> {
                String sent = style.equals("deepObject") ? name + "[" + member + "]" : member;
                if (each instanceof JsonArray several) {
                  several.forEach(one -> pairs.add(new Pair(sent, scalar(one))));
                } else {
                  pairs.add(new Pair(sent, scalar(each)));
                }
              });
    } else {
      pairs.add(new Pair(name, joined(value, parameter)));
    }
    return pairs;
  }

  // ----- What the server received -----

  /** Fails if what came is not what the document says of this call. */
  void check(RecordedRequest request, String prefix) {
    assertThat(request.getMethod())
        .as("method")
        .isEqualTo(operation.method().toUpperCase(Locale.ROOT));
    String line = request.getPath();
    String path = line.replaceFirst("\\?.*", "");
    List<String> expected = new ArrayList<>();
    for (String segment : operation.path().split("/", -1)) {
      String filled =
          TEMPLATE
              .matcher(segment)
              .replaceAll(
                  name ->
                      Matcher.quoteReplacement(
                          joined(
                              values.get("path " + name.group(1)),
                              parameters.getOrDefault("path " + name.group(1), new JsonObject()))));
      expected.add(filled);
    }
    List<String> segments =
        Arrays.stream(path.substring(prefix.length()).split("/", -1))
            .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
            .toList();
    assertThat(path).as("path").startsWith(prefix);
    assertThat(segments).as("path").isEqualTo(expected);
    checkQuery(line.contains("?") ? line.substring(line.indexOf('?') + 1) : "");
    checkHeaders(request);
    checkBody(request);
  }

  private void checkQuery(String query) {
    List<Pair> came = decoded(query);
    List<Pair> expected = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith("query ")) {
            expected.addAll(pairs(parameters.get(key), value));
          }
        });
    assertSame("query", came, expected);
  }

  private static List<Pair> decoded(String form) {
    List<Pair> pairs = new ArrayList<>();
    for (String each : form.isEmpty() ? new String[0] : form.split("&")) {
      String[] sides = each.split("=", 2);
      pairs.add(
          new Pair(
              URLDecoder.decode(sides[0], StandardCharsets.UTF_8),
              sides.length == 1 ? "" : URLDecoder.decode(sides[1], StandardCharsets.UTF_8)));
    }
    return pairs;
  }

  private static void assertSame(String what, List<Pair> came, List<Pair> expected) {
    Comparator<Pair> byName = Comparator.comparing(Pair::name);
    List<Pair> one = came.stream().map(CorpusCall::normal).sorted(byName).toList();
    List<Pair> other = expected.stream().map(CorpusCall::normal).sorted(byName).toList();
    assertThat(one).as(what).isEqualTo(other);
  }

  /** {@return the pair with its number, or its JSON, in one spelling} */
  private static Pair normal(Pair pair) {
    if (pair.value.matches("-?[0-9.]+(E-?[0-9]+)?")) {
      try {
        return new Pair(pair.name, new BigDecimal(pair.value).stripTrailingZeros().toPlainString());
      } catch (NumberFormatException e) {
        return pair;
      }
    }
    return pair.value.startsWith("{")
        ? new Pair(pair.name, JsonParser.parseString(pair.value).toString())
        : pair;
  }

  private void checkHeaders(RecordedRequest request) {
    List<Pair> came = new ArrayList<>();
    List<Pair> expected = new ArrayList<>();
    parameters.forEach(
        (key, parameter) -> {
          String name = text(parameter, "name");
          JsonElement value = values.get(key);
          if (key.startsWith("header ")) {
            request.getHeaders().values(name).forEach(each -> came.add(new Pair(name, each)));
            if (value != null) {
              expected.add(new Pair(name, joined(value, parameter)));
            }
          }
        });
    assertSame("headers", came, expected);
    assertThat(request.getHeader("Cookie")).as("cookies").isEqualTo(cookies());
  }

  private void checkBody(RecordedRequest request) {
    if (mediaType == null) {
      assertThat(request.getBodySize()).as("size of a body that is not there").isZero();
      return;
    }
    String came = String.valueOf(request.getHeader("Content-Type"));
    String type = came.replaceFirst("\\s*;.*", "").toLowerCase(Locale.ROOT);
    assertThat(statedTypes()).as("media types of the body").contains(type);
    if (body != null) {
      String text = request.getBody().readUtf8();
      assertThat(CorpusValues.same(JsonParser.parseString(text), body))
          .as("body %s as in %s", text, body)
          .isTrue();
    } else if (fields == null) {
      assertThat(request.getBody().readByteArray()).as("raw body").isEqualTo(RAW);
    } else if (type.startsWith("multipart/")) {
      assertSame("parts", parts(request, came), fields);
    } else {
      assertSame("fields", decoded(request.getBody().readUtf8()), fields);
    }
  }

  /** {@return the media types that the document allows for what is sent} */
  private List<String> statedTypes() {
    if (body == null && fields == null) {
      return List.of(mediaType); // raw: the caller says what it is
    }
    Map<String, JsonElement> content =
        members(document.resolve(operation.json().get("requestBody")).get("content"));
    return content.entrySet().stream()
        .filter(each -> isJson(each.getKey()) == isJson(mediaType))
        .filter(each -> each.getValue().equals(content.get(mediaType)))
        .map(each -> each.getKey().replaceFirst("\\s*;.*", "").toLowerCase(Locale.ROOT))
        .map(each -> each.contains("*") ? "application/json" : each)
        .toList();
  }

  private static List<Pair> parts(RecordedRequest request, String contentType) {
    String boundary = contentType.replaceFirst(".*boundary=", "").replace("\"", "");
    List<Pair> parts = new ArrayList<>();
    for (String part : request.getBody().readUtf8().split("\r?\n?--" + Pattern.quote(boundary))) {
      int end = part.indexOf("\r\n\r\n");
      if (end > 0) {
        String name = part.substring(0, end).replaceFirst("(?s).* name=\"([^\"]*)\".*", "$1");
        parts.add(new Pair(name, part.substring(end + 4)));
      }
    }
    return parts;
  }
}
