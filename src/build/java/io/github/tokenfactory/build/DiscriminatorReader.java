package io.github.tokenfactory.build;

import com.google.gson.JsonElement;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.JsonLocation;
import io.github.tokenfactory.internal.openapi.OpenApiGrammar;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Finds out which value of a discriminator's property means which variant of a union. */
final class DiscriminatorReader {
  private final Document document;
  private final SchemaClassifier classifier;
  private final String property;

  private DiscriminatorReader(Document document, SchemaClassifier classifier, String property) {
    this.document = document;
    this.classifier = classifier;
    this.property = property;
  }

  /** {@return the variants that each value of the discriminator stands for} */
  static Map<String, Set<JsonLocation>> read(
      Document document, SchemaClassifier classifier, MergedSchema union, JsonLocation holder) {
    String property =
        CanonicalJson.string(holder.object().getAsJsonObject("discriminator").get("propertyName"));
    return property == null
        ? Map.of()
        : new DiscriminatorReader(document, classifier, property).read(union, holder);
  }

  private Map<String, Set<JsonLocation>> read(MergedSchema union, JsonLocation holder) {
    Map<String, Set<JsonLocation>> targets = new LinkedHashMap<>();
    for (JsonLocation variant : union.variants) {
      String ref = OpenApiGrammar.reference(variant.json());
      if (ref != null) {
        // A schema's name is a value, whether the document says so or not.
        add(targets, document.resolve(ref, variant).name(), variant);
      }
    }
    for (JsonLocation variant : classifier.variants(union)) {
      // Most documents have no mapping, but a constant in each variant.
      constants(variant, new HashSet<>()).forEach(value -> add(targets, value, variant));
    }
    OpenApiGrammar.mapping(holder.object())
        .forEach(
            (value, target) -> targets.put(value, Set.of(document.resolveMapping(target, holder))));
    return targets;
  }

  private static void add(
      Map<String, Set<JsonLocation>> targets, String value, JsonLocation variant) {
    targets.computeIfAbsent(value, name -> new LinkedHashSet<>()).add(variant);
  }

  /** {@return the values that a variant allows the property to have; none, if it allows any} */
  private Set<String> constants(JsonLocation variant, Set<String> seen) {
    Set<String> constants = new LinkedHashSet<>();
    if (!seen.add(variant.pointer())) {
      return constants;
    }
    MergedSchema schema = classifier.merge(variant);
    JsonLocation held = schema.properties.get(property);
    if (held == null) {
      schema.variants.forEach(inner -> constants.addAll(constants(inner, seen)));
      return constants;
    }
    MergedSchema values = classifier.merge(held);
    if (values.values != null) {
      values.values.stream()
          .filter(JsonElement::isJsonPrimitive)
          .forEach(value -> constants.add(value.getAsString()));
    }
    return constants;
  }
}
