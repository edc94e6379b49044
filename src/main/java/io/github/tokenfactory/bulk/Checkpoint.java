package io.github.tokenfactory.bulk;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.model.EmbeddingRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The positions of embedded texts, as ranges. A file keeps them with the request's settings, if the
 * run has one. Not safe for use by several threads or runs.
 */
final class Checkpoint {
  private final @Nullable Path file;
  private final JsonElement request;
  private final NavigableMap<Long, Long> ranges = new TreeMap<>(); // first to last position
  private boolean changed;

  /** How many positions it held when it was opened. */
  final long sizeWhenOpened;

  /**
   * Reads {@code file} if there is one.
   *
   * @throws IllegalStateException if it was written for another request or is not a checkpoint
   * @throws UncheckedIOException if it cannot be read
   */
  Checkpoint(@Nullable Path file, EmbeddingRequest template) {
    this.file = file;
    this.request = file == null ? JsonNull.INSTANCE : new Gson().toJsonTree(template);
    if (file != null && Files.exists(file)) {
      read(file);
    }
    this.sizeWhenOpened =
        ranges.entrySet().stream().mapToLong(range -> range.getValue() - range.getKey() + 1).sum();
  }

  private void read(Path file) {
    JsonElement writtenFor;
    try {
      JsonObject content = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      writtenFor = content.get("request");
      for (JsonElement range : content.getAsJsonArray("done")) {
        JsonArray ends = range.getAsJsonArray();
        ranges.put(ends.get(0).getAsLong(), ends.get(1).getAsLong());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + file + " cannot be read.", e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          file + " is not a checkpoint of a bulk run: choose another file, or delete it.");
    }
    if (!request.equals(writtenFor)) {
      throw new IllegalStateException(
          "The checkpoint "
              + file
              + " was written for other requests than "
              + request
              + ": choose another file, or delete it to start over.");
    }
  }

  boolean contains(long position) {
    Map.Entry<Long, Long> range = ranges.floorEntry(position);
    return range != null && range.getValue() >= position;
  }

  /** Adds a position that it does not contain yet. */
  void add(long position) {
    Map.Entry<Long, Long> left = ranges.lowerEntry(position);
    long first = left != null && left.getValue() == position - 1 ? left.getKey() : position;
    Long last = ranges.remove(position + 1);
    ranges.put(first, last == null ? position : last);
    changed = true;
  }

  /**
   * Writes the file if positions were added.
   *
   * @throws UncheckedIOException if that fails; the old file stays
   */
  void save() {
    if (file == null || !changed) {
      return;
    }
    String done =
        ranges.entrySet().stream()
            .map(range -> "[" + range.getKey() + "," + range.getValue() + "]")
            .collect(Collectors.joining(",", "[", "]"));
    Path copy = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(copy, "{\"request\":" + request + ",\"done\":" + done + "}");
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + file + " cannot be written.", e);
    }
    changed = false;
  }
}
