package io.github.tokenfactory.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.spec.CannotCheckException.Reason;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An OpenAPI 3.0, 3.1 or 3.2 document; immutable. */
public final class OpenApiDocument {
  /** The name that stands for every operation of a document. */
  public static final String ALL_OPERATIONS = "*";

  static final int MAX_BYTES = 64 << 20;

  private static final Pattern SUPPORTED = Pattern.compile("3\\.[012]\\.\\d+(-.+)?");
  private static final Pattern BARE_NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final int SHOWN = 60;

  /** Enough to tell a text from what is none. */
  private static final int LOOKED_AT = 1000;

  private final JsonObject root;
  private final Map<String, Spot> targets = new ConcurrentHashMap<>();

  OpenApiDocument(JsonObject root) {
    this.root = root;
  }

  /**
   * Returns the document that this library was made from.
   *
   * @throws CannotCheckException if it is not on the class path
   */
  public static OpenApiDocument bundled() {
    try (InputStream in = OpenApiDocument.class.getResourceAsStream("openapi.json")) {
      if (in == null) {
        throw new CannotCheckException(
            Reason.UNAVAILABLE,
            "no bundled openapi.json on the class path; name the pinned document");
      }
      return parse(in.readAllBytes());
    } catch (IOException e) {
      throw new CannotCheckException(
          Reason.UNAVAILABLE, "cannot read the bundled openapi.json: " + e, e);
    }
  }

  /**
   * Reads a document from UTF-8 bytes: strict JSON, or YAML 1.2 if {@code
   * org.snakeyaml:snakeyaml-engine} is on the class path.
   *
   * @throws CannotCheckException if that is not one well-formed OpenAPI 3.0, 3.1 or 3.2 document
   */
  public static OpenApiDocument parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw unreadable("the document has more than " + MAX_BYTES + " bytes");
    }
    try {
      return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
    } catch (CharacterCodingException e) {
      throw unreadable("the document is not UTF-8; save it as UTF-8 first");
    }
  }

  /**
   * Reads a document from text; see {@link #parse(byte[])}.
   *
   * @throws CannotCheckException if that is not one well-formed OpenAPI 3.0, 3.1 or 3.2 document
   */
  public static OpenApiDocument parse(String text) {
    return parse(CharBuffer.wrap(text.toCharArray()));
  }

  /**
   * Reads a document from an array, which takes a fraction of the time that a large string takes.
   */
  private static OpenApiDocument parse(CharBuffer text) {
    char[] chars = text.array();
    int end = text.limit();
    int first = end > 0 && chars[0] == '\uFEFF' ? 1 : 0;
    int start = first;
    while (start < end && Character.isWhitespace(chars[start])) {
      start++;
    }
    JsonElement json;
    if (start == end) {
      throw unreadable("the document is empty");
    } else if (hasNul(chars, Math.min(end, LOOKED_AT))) {
      throw unreadable("the document has NUL characters: UTF-16 or binary; save it as UTF-8 first");
    } else if (chars[start] == '<') {
      throw notOpenApi(
          "an HTML or XML page: " + shorten(text.position(start).toString()),
          "use the address of the JSON or YAML document");
    } else if (chars[start] == '{' || chars[start] == '[') {
      json = Json.read(new CharArrayReader(chars, first, end - first));
    } else {
      json = readYaml(text.position(first).toString());
    }
    return new OpenApiDocument(requireOpenApi(json));
  }

  private static boolean hasNul(char[] chars, int end) {
    for (int i = 0; i < end; i++) {
      if (chars[i] == '\0') {
        return true;
      }
    }
    return false;
  }

  private static JsonElement readYaml(String text) {
    try {
      return YamlReader.read(text);
    } catch (NoClassDefFoundError e) {
      throw unreadable(
          "not JSON: "
              + shorten(text.strip())
              + "; to read YAML, add org.snakeyaml:snakeyaml-engine to the class path");
    }
  }

  private static JsonObject requireOpenApi(JsonElement json) {
    String remedy = "point at an OpenAPI 3.0, 3.1 or 3.2 document";
    if (!(json instanceof JsonObject root)) {
      throw notOpenApi(
          json instanceof JsonArray ? "an array" : "a single value: " + shorten(json.toString()),
          remedy);
    }
    JsonElement version = root.get("openapi");
    if (version == null) {
      throw notOpenApi(
          root.has("swagger")
              ? "a Swagger " + root.get("swagger") + " document"
              : "an object without \"openapi\": " + shorten(root.toString()),
          remedy);
    }
    String label = Json.string(version);
    if (label == null || !SUPPORTED.matcher(label).matches()) {
      throw notOpenApi("a document with \"openapi\": " + shorten(version.toString()), remedy);
    }
    for (String section : List.of("info", "paths", "components")) {
      if (root.has(section)) {
        Spot.root(root).child(section).object();
      }
    }
    return root;
  }

  /**
   * Returns every operation of the document as {@code METHOD /path}, in the order in which they are
   * written.
   */
  public List<String> operations() {
    return bound(path -> true).stream().map(Operation::title).toList();
  }

  /**
   * Returns the document reduced to some operations and all that they refer to; key order stays as
   * it is.
   *
   * <p>Slicing a slice to the same operations gives the same document, and nothing that the
   * operations do not refer to has an influence on it.
   *
   * @param operations each as {@code METHOD /path} or as an operation id; {@link #ALL_OPERATIONS}
   *     for all
   * @throws CannotCheckException if an operation is unknown, or a reference leads nowhere, in a
   *     circle or out of the document
   */
  public OpenApiDocument slice(Collection<String> operations) {
    return new Slicer(this).slice(find(operations));
  }

  /**
   * Returns the document as JSON: indented by two spaces, names, numbers and their order as they
   * are, and a final newline.
   */
  public String toCanonicalJson() {
    return Json.canonical(root);
  }

  JsonObject root() {
    return root;
  }

  Spot rootSpot() {
    return Spot.root(root);
  }

  boolean is30() {
    return root.get("openapi").getAsString().startsWith("3.0");
  }

  /**
   * One operation of {@code paths}: {@code item} is the path item that holds it, behind any
   * reference.
   */
  record Operation(String method, String path, Spot item, Spot spot) {
    String title() {
      return method.toUpperCase(Locale.ROOT) + " " + path;
    }

    @Nullable String id() {
      return spot.json() instanceof JsonObject object
          ? Json.string(object.get("operationId"))
          : null;
    }
  }

  /**
   * Returns the operations of all paths; a broken path is an obstacle only if it is one of those
   * that matter.
   */
  List<Operation> bound(Predicate<String> matters) {
    List<Operation> found = new ArrayList<>();
    Grammar.DOCUMENT.forEachPart(
        rootSpot(),
        (kind, spot) -> {
          if (kind == Grammar.PATH_ITEM) {
            try {
              found.addAll(operations(spot.name(), dereference(spot)));
            } catch (CannotCheckException e) {
              if (matters.test(spot.name())) {
                throw e;
              }
            }
          }
        });
    return found;
  }

  private static List<Operation> operations(String path, Spot item) {
    List<Operation> operations = new ArrayList<>();
    boolean isMore = item.object().get("additionalOperations") instanceof JsonObject;
    for (Spot member : item.members(Grammar.METHODS::contains)) {
      operations.add(new Operation(member.name(), path, item, member));
    }
    if (isMore) {
      for (Spot member : item.child("additionalOperations").members(name -> true)) {
        operations.add(new Operation(member.name(), path, item, member));
      }
    }
    return operations;
  }

  List<Operation> find(Collection<String> names) {
    List<Operation> all =
        bound(
            path ->
                names.stream()
                    .anyMatch(name -> name.equals(ALL_OPERATIONS) || name.endsWith(path)));
    Map<String, Operation> named = new HashMap<>();
    for (Operation operation : all) {
      named.put(operation.title(), operation);
      if (operation.id() != null) {
        named.putIfAbsent(operation.id(), operation);
      }
    }
    Set<Operation> found = new LinkedHashSet<>();
    for (String name : names) {
      String[] words = name.strip().split("\\s+", 2);
      String title =
          words.length < 2 ? name.strip() : words[0].toUpperCase(Locale.ROOT) + " " + words[1];
      if (name.equals(ALL_OPERATIONS)) {
        found.addAll(all);
      } else if (named.containsKey(title)) {
        found.add(named.get(title));
      } else {
        throw new CannotCheckException(
            Reason.UNKNOWN_OPERATION,
            "no operation \""
                + name
                + "\" among the "
                + all.size()
                + " of this document; name one as METHOD /path or by its operationId");
      }
    }
    return List.copyOf(found);
  }

  /** Follows {@code $ref} from an object to the first that has none. */
  Spot dereference(Spot spot) {
    Set<Spot> seen = new LinkedHashSet<>();
    Spot target = spot;
    for (String ref = Grammar.reference(target.json());
        ref != null;
        ref = Grammar.reference(target.json())) {
      if (!seen.add(target)) {
        throw cycle(target);
      }
      target = resolve(ref, target);
    }
    return target;
  }

  static CannotCheckException cycle(Spot spot) {
    return new CannotCheckException(
        Reason.REFERENCE_CYCLE,
        "the reference at "
            + spot.pointer()
            + " leads back to itself; this document is broken there");
  }

  /** Returns what a reference, written at {@code source}, points at. */
  Spot resolve(String ref, Spot source) {
    if (!ref.startsWith("#")) {
      throw new CannotCheckException(
          Reason.EXTERNAL_REFERENCE,
          "the reference \""
              + ref
              + "\" at "
              + source.pointer()
              + " leads out of the document; bundle the documents into one first, nothing is"
              + " fetched");
    }
    Spot target =
        targets.computeIfAbsent(
            ref, r -> r.startsWith("#/") ? at(Spot.tokens(percentDecoded(r))) : null);
    if (target == null) {
      throw new CannotCheckException(
          Reason.BROKEN_REFERENCE,
          "the reference \""
              + ref
              + "\" at "
              + source.pointer()
              + " leads nowhere; only JSON pointers into this document are followed");
    }
    return target;
  }

  /** Returns what the steps of a pointer lead to, or {@code null}. */
  @Nullable Spot at(List<String> tokens) {
    Spot spot = rootSpot();
    for (String token : tokens) {
      Spot next = step(spot, token);
      if (next == null) {
        return null;
      }
      spot = next;
    }
    return spot;
  }

  private static @Nullable Spot step(Spot spot, String token) {
    if (spot.json() instanceof JsonObject object && object.has(token)) {
      return spot.child(token);
    }
    if (spot.json() instanceof JsonArray array
        && token.matches("0|[1-9]\\d{0,8}")
        && Integer.parseInt(token) < array.size()) {
      return spot.elements().get(Integer.parseInt(token));
    }
    return null;
  }

  /**
   * Returns the schema that a discriminator's mapping names: by reference, or by the bare name of a
   * component.
   */
  Spot resolveMapping(String target, Spot source) {
    String schemas = "#/components/schemas/";
    return resolve(BARE_NAME.matcher(target).matches() ? schemas + target : target, source);
  }

  static String percentDecoded(String ref) {
    try {
      return ref.indexOf('%') < 0
          ? ref
          : URLDecoder.decode(ref.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return ref; // a stray % stands for itself
    }
  }

  private static String shorten(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
  }

  private static CannotCheckException unreadable(String what) {
    return new CannotCheckException(Reason.UNREADABLE, what);
  }

  private static CannotCheckException notOpenApi(String what, String remedy) {
    return new CannotCheckException(Reason.NOT_OPENAPI, "this is " + what + "; " + remedy);
  }

  @Override
  public String toString() {
    JsonPrimitive version = root.getAsJsonPrimitive("openapi");
    return "OpenApiDocument[" + version.getAsString() + ", " + operations().size() + " operations]";
  }
}
