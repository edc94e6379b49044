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
 * What an {@link EmbeddingsServer} does with a request: the vectors that it asks for, an error, or
 * something that should not happen; immutable.
 *
 * <p>An error that clients may try again asks them to do so at once, with {@code retry-after-ms:
 * 0}, so that tests do not wait; a {@code Retry-After} of the reply's own takes its place.
 */
public final class Reply {
  private int status = 200;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private @Nullable String body;
  private Consumer<JsonObject> edit = answer -> {};
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

  /** {@return the vectors asked for; what the server does unless it is told otherwise} */
  public static Reply embeddings() {
    return new Reply();
  }

  /**
   * {@return an answer that is just so}
   *
   * @param status the HTTP status
   * @param body the body, JSON or not; the content type says JSON unless {@link #header} does not
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
   * {@return the error {@code {"detail": "..."}}, as FastAPI writes it}
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
   * {@return the error 422 with one mistake in the body, as FastAPI writes it}
   *
   * @param message what is wrong
   * @param location names and indices that lead there from the body, such as {@code "input", 2}
   */
  public static Reply invalid(String message, Object... location) {
    List<Object> place = new ArrayList<>(List.of("body"));
    Collections.addAll(place, location);
    return invalid(List.of(new Violation(422, place, message, "value_error")));
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
   * {@return the error {@code {"error": {"message": ...}}}, as OpenAI's service writes it}
   *
   * @param status the HTTP status
   * @param message what is wrong
   * @param type such as {@code invalid_request_error}
   * @param code such as {@code model_not_found}, or null for none
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
   * {@return the error {@code {"object": "error", "message": ...}}, as vLLM writes it}
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
   * {@return the error 429, with the headers that tell when to come back}
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

  /** {@return no answer: the connection ends} */
  public static Reply disconnect() {
    return of(200, "").with(reply -> reply.isDisconnect = true);
  }

  /**
   * Sets a header, in place of one that the server would send.
   *
   * @param name its name
   * @param value its value
   * @return such a reply
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
   * Waits before it answers.
   *
   * @param delay how long
   * @return such a reply
   */
  public Reply delayed(Duration delay) {
    return with(reply -> reply.delay = delay);
  }

  /**
   * Sends the body in small pieces.
   *
   * @param bytes how many at a time
   * @param pause the time between two pieces
   * @return such a reply
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
   * @return such a reply
   */
  public Reply truncated() {
    return with(reply -> reply.isTruncated = true);
  }

  /**
   * Leaves out the vector of an input.
   *
   * @param input its position
   * @return such a reply
   */
  public Reply without(int input) {
    return edited(answer -> data(answer).remove(item(answer, input)));
  }

  /**
   * Has the vector of an input twice.
   *
   * @param input its position
   * @return such a reply
   */
  public Reply repeating(int input) {
    return edited(answer -> data(answer).add(item(answer, input)));
  }

  /**
   * Has the vectors in the opposite order, each with the right index.
   *
   * @return such a reply
   */
  public Reply reversed() {
    return edited(answer -> Collections.reverse(data(answer).asList()));
  }

  /**
   * Has other elements in the vector of an input, in the format asked for: too few, too many, or
   * {@link Float#NaN} among them.
   *
   * @param input its position
   * @param elements the vector
   * @return such a reply
   */
  public Reply vector(int input, float... elements) {
    float[] copy = elements.clone();
    return edited(
        answer -> {
          JsonObject item = item(answer, input);
          boolean base64 = ReceivedRequest.isText(item.get("embedding"));
          item.add("embedding", Embedder.encode(copy, base64));
        });
  }

  /**
   * Has other JSON where the vector of an input should be.
   *
   * @param input its position
   * @param json such as {@code [0.5, null]}
   * @return such a reply
   */
  public Reply vectorJson(int input, String json) {
    JsonElement value = JsonParser.parseString(json);
    return edited(answer -> item(answer, input).add("embedding", value.deepCopy()));
  }

  /**
   * Has vectors as numbers even if base64 is asked for, as some servers do.
   *
   * @return such a reply
   */
  public Reply asNumbers() {
    return edited(
        answer -> {
          for (JsonElement element : data(answer)) {
            JsonObject item = element.getAsJsonObject();
            JsonElement vector = item.get("embedding");
            if (ReceivedRequest.isText(vector)) {
              item.add("embedding", Embedder.encode(Embedder.decode(vector.getAsString()), false));
            }
          }
        });
  }

  /**
   * Changes the JSON of an answer with vectors in any other way.
   *
   * @param edit changes the object that it is given
   * @return such a reply
   */
  public Reply edited(Consumer<JsonObject> edit) {
    if (body != null) {
      throw new IllegalStateException("Only a reply with vectors can be edited.");
    }
    return with(reply -> reply.edit = this.edit.andThen(edit));
  }

  private static JsonArray data(JsonObject answer) {
    return answer.getAsJsonArray("data");
  }

  private static JsonObject item(JsonObject answer, int input) {
    for (JsonElement item : data(answer)) {
      if (item.getAsJsonObject().get("index").getAsInt() == input) {
        return item.getAsJsonObject();
      }
    }
    throw new IllegalStateException(
        "The scripted reply is about the input " + input + ", which the request does not have.");
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  /** {@return the body; {@code vectors} is asked if it has any} */
  String body(Supplier<JsonObject> vectors) {
    if (body != null) {
      return body;
    }
    JsonObject answer = vectors.get();
    edit.accept(answer);
    return answer.toString();
  }

  /** {@return the body of an error} */
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
