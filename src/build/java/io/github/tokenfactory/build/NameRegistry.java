package io.github.tokenfactory.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the Java names of classes and properties. Names that differ only in case count as equal,
 * since some file systems do not tell them apart.
 */
final class NameRegistry {
  /** Leaves room for the rest of a file name. */
  private static final int MAX_LENGTH = 150;

  private final Set<String> handwritten;
  private final Map<String, String> classes = new HashMap<>();
  private final Set<String> takenClasses = new HashSet<>();
  private final Map<String, String> properties = new LinkedHashMap<>();

  /** The names, in lower case, that some property of the document has. */
  private final Set<String> takenProperties = new HashSet<>();

  /**
   * Names the components of a document, before any inline schema can take one of their names.
   *
   * @param handwritten the names of handwritten classes
   */
  NameRegistry(Document document, Set<String> handwritten) {
    this.handwritten = handwritten;
    addProperties(document.root());
    JsonLocation schemas = document.at(List.of("components", "schemas"));
    if (schemas != null) {
      List<JsonLocation> components = new ArrayList<>(schemas.members());
      // Names that need no change go first, so that no other component can take one away.
      components.sort(
          Comparator.comparing((JsonLocation component) -> !isClassName(component.name()))
              .thenComparing(JsonLocation::name));
      components.forEach(component -> className(component, component.name()));
    }
  }

  private void addProperties(JsonElement json) {
    if (json instanceof JsonArray array) {
      array.forEach(this::addProperties);
    } else if (json instanceof JsonObject object) {
      if (object.get("properties") instanceof JsonObject names) {
        names.keySet().forEach(name -> takenProperties.add(lowerCase(JavaNames.member(name))));
      }
      object.asMap().values().forEach(this::addProperties);
    }
  }

  private boolean isClassName(String name) {
    return typeName(name).equals(name);
  }

  private String typeName(String name) {
    String type = JavaNames.type(name);
    return handwritten.contains(type) ? type + "Model" : type;
  }

  /** {@return the pointer of each schema that has a class, with the name of the class} */
  Map<String, String> classes() {
    return classes;
  }

  /** {@return the name of a schema's class, or null if it has none yet} */
  @Nullable String className(JsonLocation schema) {
    return classes.get(schema.pointer());
  }

  /**
   * {@return the name of a schema's class; if it has none yet, one that is like {@code proposed}}
   */
  String className(JsonLocation schema, String proposed) {
    return classes.computeIfAbsent(schema.pointer(), pointer -> newClass(proposed));
  }

  /** {@return a name like {@code proposed} that no class has yet} */
  String newClass(String proposed) {
    String whole = typeName(proposed);
    String fitting =
        whole.length() <= MAX_LENGTH
            ? whole
            : whole.substring(0, MAX_LENGTH) + Integer.toHexString(whole.hashCode());
    return JavaNames.unique(fitting, name -> takenClasses.add(lowerCase(name)));
  }

  /** {@return the Java name of each property, by the literal that generated code has for it} */
  Map<String, String> properties() {
    return properties;
  }

  /**
   * Chooses the Java name of a property. It is the same in all classes.
   *
   * @param taken the names, in lower case, that the class has; the chosen one is added
   */
  void nameProperty(String name, Set<String> taken) {
    String literal = JavaNames.literal(name);
    String member = properties.getOrDefault(literal, JavaNames.member(name));
    if (!taken.add(lowerCase(member))) {
      // The name holds for all classes, so it must be free in each.
      member =
          JavaNames.unique(JavaNames.member(name), free -> takenProperties.add(lowerCase(free)));
      taken.add(lowerCase(member));
    }
    properties.put(literal, member);
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
