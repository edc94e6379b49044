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
 * A file with the positions of the texts that are done, as ranges, and with what the request is but
 * for its texts.
 *
 * <p>Not for use by several threads, nor by several runs.
 */
final class Checkpoint {
  private static final Gson GSON = new Gson();

  private final Path file;
  private final JsonElement request;
  private final NavigableMap<Long, Long> ranges = new TreeMap<>(); // from first to last
  private final long before;
  private boolean changed;

  private Checkpoint(Path file, JsonElement request) {
    this.file = file;
    this.request = request;
    if (Files.exists(file)) {
      read();
    }
    this.before =
        ranges.entrySet().stream().mapToLong(range -> range.getValue() - range.getKey() + 1).sum();
  }

  /**
   * {@return what {@code file} holds, nothing if there is none}
   *
   * @throws IllegalStateException if it belongs to other requests, or is no checkpoint
   * @throws UncheckedIOException if it cannot be read
   */
  static Checkpoint open(Path file, EmbeddingRequest request) {
    return new Checkpoint(file, GSON.toJsonTree(request));
  }

  private void read() {
    JsonElement madeFor;
    try {
      JsonObject content = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      madeFor = content.get("request");
      for (JsonElement range : content.getAsJsonArray("done")) {
        JsonArray ends = range.getAsJsonArray();
        ranges.put(ends.get(0).getAsLong(), ends.get(1).getAsLong());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + file + " cannot be read.", e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          file + " is no checkpoint of a bulk run: choose another file, or delete it.");
    }
    if (!request.equals(madeFor)) {
      throw new IllegalStateException(
          "The checkpoint "
              + file
              + " was made for other requests than "
              + request
              + ": choose another file, or delete it to start anew.");
    }
  }

  /** {@return how many texts were done when the file was opened} */
  long before() {
    return before;
  }

  boolean contains(long position) {
    Map.Entry<Long, Long> range = ranges.floorEntry(position);
    return range != null && range.getValue() >= position;
  }

  /** Adds a position that it does not contain. */
  void add(long position) {
    Map.Entry<Long, Long> left = ranges.lowerEntry(position);
    long first = left != null && left.getValue() == position - 1 ? left.getKey() : position;
    Long last = ranges.remove(position + 1);
    ranges.put(first, last == null ? position : last);
    changed = true;
  }

  /**
   * Replaces the file as a whole, if there is something new.
   *
   * @throws UncheckedIOException if that fails; the file is as it was then
   */
  void save() {
    if (!changed) {
      return;
    }
    JsonArray done = new JsonArray();
    ranges.forEach(
        (first, last) -> {
          JsonArray range = new JsonArray();
          range.add(first);
          range.add(last);
          done.add(range);
        });
    JsonObject content = new JsonObject();
    content.add("request", request);
    content.add("done", done);
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
