package io.github.tokenfactory.bulk;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
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

/**
 * A file with the positions of embedded texts, as ranges, and the request's settings without texts.
 *
 * <p>Not safe for use by several threads or runs.
 */
final class Checkpoint {
  private static final Gson GSON = new Gson();

  private final Path file;
  private final JsonElement request;
  private final NavigableMap<Long, Long> ranges = new TreeMap<>(); // first to last position
  private final long sizeWhenOpened;
  private boolean changed;

  private Checkpoint(Path file, JsonElement request) {
    this.file = file;
    this.request = request;
    if (Files.exists(file)) {
      read();
    }
    this.sizeWhenOpened =
        ranges.entrySet().stream().mapToLong(range -> range.getValue() - range.getKey() + 1).sum();
  }

  /**
   * {@return the checkpoint in {@code file}, empty if there is no file}
   *
   * @throws IllegalStateException if it was written for another request or is not a checkpoint
   * @throws UncheckedIOException if it cannot be read
   */
  static Checkpoint open(Path file, EmbeddingRequest request) {
    return new Checkpoint(file, GSON.toJsonTree(request));
  }

  private void read() {
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

  /** {@return how many positions it held when it was opened} */
  long sizeWhenOpened() {
    return sizeWhenOpened;
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
    if (!changed) {
      return;
    }
    long[][] done =
        ranges.entrySet().stream()
            .map(range -> new long[] {range.getKey(), range.getValue()})
            .toArray(long[][]::new);
    JsonObject content = new JsonObject();
    content.add("request", request);
    content.add("done", GSON.toJsonTree(done));
    Path copy = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(copy, content.toString());
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + file + " cannot be written.", e);
    }
    changed = false;
  }
}
