package io.github.tokenfactory.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The reply of an {@link EmbeddingsServer} to a request: vectors, an error, or a fault; immutable.
 *
 * <p>Errors that clients retry have {@code retry-after-ms: 0}, so that tests do not wait. A {@code
 * Retry-After} header replaces it.
 */
public final class Reply {
  private int status = 200;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private @Nullable String body;
  private Consumer<JsonObject> edit = response -> {};
  private Duration delay = Duration.ZERO;
  private Duration pause = Duration.ZERO;
  private int chunk = Integer.MAX_VALUE;
  private boolean isTruncated;
  private boolean isDisconnect;

  private Reply() {}

  private Reply with(Consumer<Reply> change) {
    Reply copy = new Reply();
    copy.status = status;
    copy.headers.putAll(headers);
    copy.body = body;
    copy.edit = edit;
    copy.delay = delay;
    copy.pause = pause;
    copy.chunk = chunk;
    copy.isTruncated = isTruncated;
    copy.isDisconnect = isDisconnect;
    change.accept(copy);
    return copy;
  }

  /** {@return the default reply: one vector for each input} */
  public static Reply embeddings() {
    return new Reply();
  }

  /**
   * {@return a reply with any status and body}
   *
   * @param status the HTTP status
   * @param body the body; the content type is JSON unless {@link #header} sets another
   */
  public static Reply of(int status, String body) {
    return embeddings()
        .with(
            reply -> {
              reply.status = status;
              reply.body = body;
              if (status == 408 || status == 409 || status == 429 || status >= 500) {
                reply.headers.put("retry-after-ms", "0");
              }
            });
  }

  /**
   * {@return an error {@code {"detail": "..."}}, in the form of FastAPI}
   *
   * @param status the HTTP status
   * @param message what is wrong
   */
  public static Reply detail(int status, String message) {
    JsonObject body = new JsonObject();
    body.addProperty("detail", message);
    return of(status, body.toString());
  }

  /**
   * {@return the error 422 with one mistake in the body, in the form of FastAPI}
   *
   * @param message what is wrong
   * @param location the path in the body, such as {@code "input", 2}
   */
  public static Reply invalid(String message, Object... location) {
    List<Object> fullLocation = new ArrayList<>(List.of("body"));
    Collections.addAll(fullLocation, location);
    return invalid(List.of(new Violation(422, fullLocation, message, "value_error")));
  }

  static Reply invalid(List<Violation> violations) {
    JsonArray detail = new JsonArray();
    for (Violation violation : violations) {
      JsonArray location = new JsonArray();
      for (Object step : violation.location()) {
        location.add(
            step instanceof Integer index
                ? new JsonPrimitive(index)
                : new JsonPrimitive(step.toString()));
      }
      JsonObject error = new JsonObject();
      error.add("loc", location);
      error.addProperty("msg", violation.message());
      error.addProperty("type", violation.type());
      detail.add(error);
    }
    JsonObject body = new JsonObject();
    body.add("detail", detail);
    return of(422, body.toString());
  }

  /**
   * {@return an error {@code {"error": {"message": ...}}}, in the form of OpenAI}
   *
   * @param status the HTTP status
   * @param message what is wrong
   * @param type the type, such as {@code invalid_request_error}
   * @param code the code, such as {@code model_not_found}, or null
   */
  public static Reply openAiError(int status, String message, String type, @Nullable String code) {
    JsonObject error = new JsonObject();
    error.addProperty("message", message);
    error.addProperty("type", type);
    error.addProperty("param", (String) null);
    error.addProperty("code", code);
    JsonObject body = new JsonObject();
    body.add("error", error);
    return of(status, body.toString());
  }

  /**
   * {@return an error {@code {"object": "error", "message": ...}}, in the form of vLLM}
   *
   * @param status the HTTP status
   * @param message what is wrong
   */
  public static Reply vllmError(int status, String message) {
    JsonObject body = new JsonObject();
    body.addProperty("object", "error");
    body.addProperty("message", message);
    body.addProperty("type", status < 500 ? "BadRequestError" : "InternalServerError");
    body.addProperty("param", (String) null);
    body.addProperty("code", status);
    return of(status, body.toString());
  }

  /**
   * {@return the error 429, with headers that say when to retry}
   *
   * @param retryAfter how long to wait
   */
  public static Reply tooManyRequests(Duration retryAfter) {
    String seconds = RateLimit.seconds(retryAfter);
    return detail(429, "Rate limit exceeded")
        .header("Retry-After", String.valueOf((long) Math.ceil(Double.parseDouble(seconds))))
        .header("retry-after-ms", String.valueOf(Math.round(1000 * Double.parseDouble(seconds))))
        .header("x-ratelimit-remaining-requests", "0")
        .header("x-ratelimit-reset-requests", seconds)
        .header("x-ratelimit-over-limit", "yes");
  }

  /** {@return no response: the connection ends} */
  public static Reply disconnect() {
    return of(200, "").with(reply -> reply.isDisconnect = true);
  }

  /**
   * Sets a header; it replaces a header of the server.
   *
   * @param name its name
   * @param value its value
   * @return a changed copy
   */
  public Reply header(String name, String value) {
    return with(
        reply -> {
          if (name.equalsIgnoreCase("Retry-After")) {
            reply.headers.remove("retry-after-ms");
          }
          reply.headers.put(name, value);
        });
  }

  /**
   * Delays the response.
   *
   * @param delay how long
   * @return a changed copy
   */
  public Reply delayed(Duration delay) {
    return with(reply -> reply.delay = delay);
  }

  /**
   * Sends the body in small pieces.
   *
   * @param bytes how many at a time
   * @param pause the time between two pieces
   * @return a changed copy
   */
  public Reply throttled(int bytes, Duration pause) {
    return with(
        reply -> {
          reply.chunk = Math.max(1, bytes);
          reply.pause = pause;
        });
  }

  /**
   * Ends the connection after half of the body.
   *
   * @return a changed copy
   */
  public Reply truncated() {
    return with(reply -> reply.isTruncated = true);
  }

  /**
   * Omits the vector of an input.
   *
   * @param input its position
   * @return a changed copy
   */
  public Reply without(int input) {
    return edited(response -> data(response).remove(item(response, input)));
  }

  /**
   * Repeats the vector of an input.
   *
   * @param input its position
   * @return a changed copy
   */
  public Reply repeating(int input) {
    return edited(response -> data(response).add(item(response, input)));
  }

  /**
   * Reverses the order of the vectors; each keeps its index.
   *
   * @return a changed copy
   */
  public Reply reversed() {
    return edited(response -> Collections.reverse(data(response).asList()));
  }

  /**
   * Replaces the vector of an input, in the requested format.
   *
   * @param input its position
   * @param elements the elements: too few, too many, or with {@link Float#NaN}
   * @return a changed copy
   */
  public Reply vector(int input, float... elements) {
    float[] copy = elements.clone();
    return edited(
        response -> {
          JsonObject item = item(response, input);
          boolean base64 = ReceivedRequest.isText(item.get("embedding"));
          item.add("embedding", Embedder.encode(copy, base64));
        });
  }

  /**
   * Replaces the vector of an input by any JSON.
   *
   * @param input its position
   * @param json the JSON, such as {@code [0.5, null]}
   * @return a changed copy
   */
  public Reply vectorJson(int input, String json) {
    JsonElement value = JsonParser.parseString(json);
    return edited(response -> item(response, input).add("embedding", value.deepCopy()));
  }

  /**
   * Sends vectors as numbers even if base64 was requested, as some servers do.
   *
   * @return a changed copy
   */
  public Reply asNumbers() {
    return edited(
        response -> {
          for (JsonElement element : data(response)) {
            JsonObject item = element.getAsJsonObject();
            JsonElement vector = item.get("embedding");
            if (ReceivedRequest.isText(vector)) {
              item.add("embedding", Embedder.encode(Embedder.decode(vector.getAsString()), false));
            }
          }
        });
  }

  /**
   * Changes the JSON of a response with vectors.
   *
   * @param edit changes the body that it gets
   * @return a changed copy
   */
  public Reply edited(Consumer<JsonObject> edit) {
    if (body != null) {
      throw new IllegalStateException("Only a reply with vectors can be edited.");
    }
    return with(reply -> reply.edit = this.edit.andThen(edit));
  }

  private static JsonArray data(JsonObject response) {
    return response.getAsJsonArray("data");
  }

  private static JsonObject item(JsonObject response, int input) {
    for (JsonElement item : data(response)) {
      if (item.getAsJsonObject().get("index").getAsInt() == input) {
        return item.getAsJsonObject();
      }
    }
    throw new IllegalStateException(
        "The reply changes the input " + input + ", which the request does not have.");
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  /** {@return the body; {@code vectors} supplies it unless the reply has its own} */
  String body(Supplier<JsonObject> vectors) {
    if (body != null) {
      return body;
    }
    JsonObject response = vectors.get();
    edit.accept(response);
    return response.toString();
  }

  /** {@return the body of a reply that has its own} */
  String body() {
    return Objects.requireNonNull(body);
  }

  Duration delay() {
    return delay;
  }

  Duration pause() {
    return pause;
  }

  int chunk() {
    return chunk;
  }

  boolean isTruncated() {
    return isTruncated;
  }

  boolean isDisconnect() {
    return isDisconnect;
  }
}
