package io.github.tokenfactory.internal.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.CannotCheckException.Reason;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/**
 * Reads one YAML 1.2 document (core schema) as JSON. Only this class needs snakeyaml-engine, so
 * that JSON can be read without it.
 *
 * <p>It uses the engine's events, not its tree: so recursion has a limit, keys and numbers stay as
 * written, and each alias counts with the full size of what it repeats.
 */
public final class YamlReader {
  /** How many times its length a document may have with all aliases replaced, and what is free. */
  private static final int MAX_EXPANSION = 4;

  private static final int FREE_EXPANSION = 1_000_000;
  private static final int MAX_NUMBER_LENGTH = 1_000;

  /** The engine copies its buffer so often that a small one makes long words take hours. */
  private static final int BUFFER_SIZE = 1 << 20;

  private static final ScalarResolver CORE_SCHEMA = new CoreScalarResolver(false);
  private static final Set<Tag> KNOWN_TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ);
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  /** A value with its characters, keys included, and one for each value in it. */
  private record Anchored(JsonElement value, long size) {}

  private final Iterator<Event> events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private final long maxSize;
  private long size;
  private int values;

  private YamlReader(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(Integer.MAX_VALUE)
            .setBufferSize(Math.min(text.length() + 1, BUFFER_SIZE))
            .build();
    maxSize = FREE_EXPANSION + (long) MAX_EXPANSION * text.length();
    events = new Parse(settings).parseString(text).iterator();
  }

  public static JsonElement read(String text) {
    try {
      return new YamlReader(text).document();
    } catch (YamlEngineException e) {
      throw unreadable("not valid YAML: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
    }
  }

  private JsonElement document() {
    events.next(); // stream start
    if (events.next().getEventId() == Event.ID.StreamEnd) {
      throw unreadable("the document is empty");
    }
    JsonElement root = value(events.next(), 0);
    checkDepth(root, 0);
    events.next(); // document end
    if (events.next().getEventId() != Event.ID.StreamEnd) {
      throw unreadable("more than one YAML document");
    }
    return root;
  }

  private JsonElement value(Event event, int depth) {
    checkDepth(depth);
    long before = size;
    count(1);
    CanonicalJson.requireFew(++values);
    if (event instanceof AliasEvent alias) {
      Anchored anchored = anchors.get(alias.getAlias().getValue());
      if (anchored == null) {
        throw unreadable(
            "YAML alias *" + alias.getAlias() + " is inside of, or before, what it repeats");
      }
      count(anchored.size);
      return anchored.value;
    }
    JsonElement value =
        event instanceof ScalarEvent scalar
            ? scalar(scalar)
            : event instanceof MappingStartEvent ? mapping(depth) : sequence(depth);
    checkTag(event);
    ((NodeEvent) event)
        .getAnchor()
        .ifPresent(a -> anchors.put(a.getValue(), new Anchored(value, size - before)));
    return value;
  }

  private JsonArray sequence(int depth) {
    JsonArray array = new JsonArray();
    for (Event next = events.next();
        next.getEventId() != Event.ID.SequenceEnd;
        next = events.next()) {
      array.add(value(next, depth + 1));
    }
    return array;
  }

  private JsonObject mapping(int depth) {
    JsonObject object = new JsonObject();
    List<JsonElement> merged = new ArrayList<>();
    for (Event next = events.next();
        next.getEventId() != Event.ID.MappingEnd;
        next = events.next()) {
      if (!(next instanceof ScalarEvent key)) {
        throw unreadable("a YAML key is not a plain text");
      }
      count(key.getValue().length());
      JsonElement value = value(events.next(), depth + 1);
      if (key.isPlain() && key.getValue().equals("<<") && !value.isJsonPrimitive()) {
        merged.addAll(value instanceof JsonArray list ? list.asList() : List.of(value));
      } else if (object.has(key.getValue())) {
        throw unreadable("Duplicate name " + CanonicalJson.quote(key.getValue()) + at(key));
      } else {
        object.add(key.getValue(), value);
      }
    }
    for (JsonElement source : merged) {
      if (source instanceof JsonObject more) {
        values += more.size();
        CanonicalJson.requireFew(values);
        more.asMap().forEach((name, value) -> object.asMap().putIfAbsent(name, value));
      }
    }
    return object;
  }

  private JsonElement scalar(ScalarEvent event) {
    String text = event.getValue();
    count(text.length());
    boolean isText =
        event
            .getTag()
            .map(tag -> tag.equals("!") || new Tag(tag).equals(Tag.STR))
            .orElse(!event.isPlain());
    Tag tag = isText ? Tag.STR : CORE_SCHEMA.resolve(text, true);
    if (tag.equals(Tag.NULL)) {
      return JsonNull.INSTANCE;
    } else if (tag.equals(Tag.BOOL)) {
      return new JsonPrimitive(Boolean.parseBoolean(text));
    } else if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return number(text, event);
    }
    return new JsonPrimitive(text);
  }

  private static JsonElement number(String text, ScalarEvent event) {
    String literal = text;
    if (text.length() > MAX_NUMBER_LENGTH) {
      throw unreadable("a number of " + text.length() + " characters" + at(event));
    }
    if (text.matches("0[ox].*")) {
      literal = new BigInteger(text.substring(2), text.charAt(1) == 'x' ? 16 : 8).toString();
    } else if (!JSON_NUMBER.matcher(text).matches()) {
      try {
        literal = new BigDecimal(text).toString();
      } catch (NumberFormatException e) {
        throw unreadable(text + " is not a number that JSON has" + at(event));
      }
    }
    return CanonicalJson.read(new StringReader(literal));
  }

  private static void checkTag(Event event) {
    String tag =
        (event instanceof CollectionStartEvent collection
                ? collection.getTag()
                : ((ScalarEvent) event).getTag())
            .orElse("!");
    if (!tag.equals("!") && !KNOWN_TAGS.contains(new Tag(tag))) {
      throw unreadable(
          "the YAML tag " + DocumentParser.shorten(tag) + " has no meaning in JSON" + at(event));
    }
  }

  private void count(long more) {
    size += more;
    if (size > maxSize) {
      throw unreadable("the YAML aliases expand to more than " + maxSize + " characters");
    }
  }

  private static void checkDepth(int depth) {
    if (depth > CanonicalJson.MAX_DEPTH) {
      throw unreadable("nested deeper than " + CanonicalJson.MAX_DEPTH + " levels");
    }
  }

  /** Aliases can nest deeper than the text does. */
  private static void checkDepth(JsonElement value, int depth) {
    checkDepth(depth);
    if (value instanceof JsonObject object) {
      object.asMap().values().forEach(member -> checkDepth(member, depth + 1));
    } else if (value instanceof JsonArray array) {
      array.forEach(element -> checkDepth(element, depth + 1));
    }
  }

  private static String at(Event event) {
    return event
        .getStartMark()
        .map(mark -> " at line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
        .orElse("");
  }

  private static CannotCheckException unreadable(String what) {
    return new CannotCheckException(Reason.UNREADABLE, what);
  }
}
