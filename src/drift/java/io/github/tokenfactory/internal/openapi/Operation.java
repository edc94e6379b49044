package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One operation of {@code paths}.
 *
 * @param method as it is written: lower case, unless the operation is an additional one
 * @param path the path template, such as {@code /v1/embeddings}
 * @param item the path item that holds the operation; references are followed
 * @param location where the operation is written
 */
public record Operation(String method, String path, JsonLocation item, JsonLocation location) {
  /** {@return the operation as {@code METHOD /path}} */
  public String title() {
    return method.toUpperCase(Locale.ROOT) + " " + path;
  }

  /** {@return the {@code operationId}, or null if there is none} */
  public @Nullable String id() {
    return location.json() instanceof JsonObject object
        ? CanonicalJson.string(object.get("operationId"))
        : null;
  }
}
