package io.github.tokenfactory.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import io.github.tokenfactory.internal.codec.RawJson;

/**
 * An adapter that scores how well a JSON value matches its type. A union reads a value as the
 * variant with the highest score.
 */
interface ScoredAdapter {
  /** The adapter cannot read the value. */
  int NO_MATCH = Integer.MIN_VALUE;

  /** The adapter reads any value, so every other match is better. */
  int ANYTHING = Integer.MIN_VALUE + 1;

  /** A discriminator names this type. */
  int CERTAIN = Integer.MAX_VALUE;

  /** {@return {@link #NO_MATCH}, or a score; higher is better} */
  int score(JsonElement json);

  /** {@return the score of {@code json} for any adapter} */
  static int score(TypeAdapter<?> adapter, JsonElement json) {
    if (adapter instanceof ScoredAdapter scored) {
      return scored.score(json);
    } else if (adapter == RawJson.ADAPTER) {
      return ANYTHING;
    }
    try {
      Object unused = adapter.fromJsonTree(json);
      return 0;
    } catch (JsonParseException | IllegalStateException | IllegalArgumentException e) {
      return NO_MATCH;
    }
  }

  /**
   * {@return the score of a property or an element, small enough to be added to others} Adding
   * {@link #ANYTHING} or {@link #CERTAIN} would overflow.
   */
  static int scorePart(TypeAdapter<?> adapter, JsonElement json) {
    int score = score(adapter, json);
    return score == ANYTHING ? -1 : score == CERTAIN ? 3 : score;
  }

  /** {@return the lowest score of any element; null matches every type} */
  static int scoreElements(TypeAdapter<?> adapter, Iterable<JsonElement> elements) {
    int lowest = 1;
    for (JsonElement element : elements) {
      lowest = Math.min(lowest, element.isJsonNull() ? 0 : scorePart(adapter, element));
    }
    return lowest;
  }
}
