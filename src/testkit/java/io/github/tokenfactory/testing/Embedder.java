package io.github.tokenfactory.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Creates the responses of the embeddings operation, with the vectors of a model. */
final class Embedder {
  /** The error response to a request that cannot be embedded. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient Reply reply;

    Refusal(Reply reply) {
      super(null, null, false, false);
      this.reply = reply;
    }
  }

  private static final EmbeddingModel ANY = EmbeddingModel.ofWords(256);

  private final Map<String, EmbeddingModel> models = new ConcurrentHashMap<>();

  void add(String id, EmbeddingModel model) {
    models.put(id, model);
  }

  private EmbeddingModel model(ReceivedRequest request) {
    String id = String.valueOf(request.model());
    EmbeddingModel model = models.isEmpty() ? ANY : models.get(id);
    if (model == null) {
      throw new Refusal(Reply.detail(404, "The model `" + id + "` does not exist."));
    }
    return model;
  }

  /** {@return how many tokens the request uses} */
  long count(ReceivedRequest request) {
    return tokens(request).stream().mapToLong(tokens -> tokens.length).sum();
  }

  private List<int[]> tokens(ReceivedRequest request) {
    EmbeddingModel model = model(request);
    List<JsonElement> inputs = request.inputs();
    if (inputs.isEmpty()) {
      throw invalid("List should have at least 1 item", "input");
    }
    List<int[]> tokens = new ArrayList<>();
    for (JsonElement input : inputs) {
      if (input instanceof JsonArray ids && ids.isEmpty()) {
        throw invalid("List should have at least 1 item", "input", tokens.size());
      }
      try {
        tokens.add(
            ReceivedRequest.isText(input)
                ? model.tokenize(input.getAsString())
                : ReceivedRequest.ids(input));
      } catch (ArithmeticException | IllegalArgumentException e) {
        throw invalid(e.getMessage(), "input", tokens.size());
      }
    }
    return tokens;
  }

  /** {@return the response body} */
  JsonObject response(ReceivedRequest request) {
    EmbeddingModel model = model(request);
    List<int[]> tokens = tokens(request);
    String format = Objects.requireNonNullElse(request.text("encoding_format"), "float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw invalid("Input should be 'float' or 'base64'", "encoding_format");
    }
    int dimensions = dimensions(request, model);
    JsonArray data = new JsonArray();
    long used = 0;
    for (int[] input : tokens) {
      JsonObject item = new JsonObject();
      item.addProperty("object", "embedding");
      item.addProperty("index", data.size());
      try {
        item.add("embedding", encode(model.embed(input, dimensions), format.equals("base64")));
      } catch (IllegalArgumentException e) {
        throw invalid(e.getMessage(), "input", data.size());
      }
      data.add(item);
      used += input.length;
    }
    JsonObject usage = new JsonObject();
    usage.addProperty("prompt_tokens", used);
    usage.addProperty("completion_tokens", 0);
    usage.addProperty("total_tokens", used);
    JsonObject response = new JsonObject();
    response.addProperty("object", "list");
    response.add("data", data);
    response.addProperty("model", request.model());
    response.add("usage", usage);
    String tier = Objects.requireNonNullElse(request.text("service_tier"), "auto");
    // "auto" selects a tier; this service always selects the default.
    response.addProperty("service_tier", tier.equals("auto") ? "default" : tier);
    return response;
  }

  private static int dimensions(ReceivedRequest request, EmbeddingModel model) {
    JsonElement asked = request.property("dimensions");
    if (asked == null) {
      return model.dimensions();
    }
    try {
      int dimensions = asked.getAsBigDecimal().intValueExact();
      if (dimensions > 0) {
        return dimensions;
      }
    } catch (ArithmeticException e) {
      // not an int: refused below
    }
    throw invalid("Input should be a valid number of dimensions", "dimensions");
  }

  private static Refusal invalid(String message, Object... location) {
    return new Refusal(Reply.invalid(message, location));
  }

  static JsonElement encode(float[] vector, boolean base64) {
    if (base64) {
      ByteBuffer bytes =
          ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.array()));
    }
    JsonArray numbers = new JsonArray(vector.length);
    for (float x : vector) {
      numbers.add(x);
    }
    return numbers;
  }

  static float[] decode(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }
}
