package io.github.tokenfactory.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.GsonNode;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which JSON matches a schema, and where it does not. */
class SchemaCheckTest {
  private static final List<Object> LOCATION = List.of("body");

  private static List<Violation> check(String schema, String json) {
    return new SchemaCheck(new JsonObject())
        .check(JsonParser.parseString(schema), JsonParser.parseString(json), LOCATION);
  }

  /** Generates random schemas, and random values that often match or nearly match them. */
  private static final class Dice {
    private final Random random;

    Dice(long seed) {
      random = new Random(seed);
    }

    @SafeVarargs
    private <T> T any(T... choices) {
      return choices[random.nextInt(choices.length)];
    }

    private String name() {
      return any("a", "b", "ab");
    }

    private JsonElement number() {
      return JsonParser.parseString(any("0", "1", "2", "3", "1.0", "1.5", "-1", "2e0"));
    }

    private JsonElement value(int depth) {
      return switch (random.nextInt(depth == 0 ? 4 : 7)) {
        case 0 -> JsonNull.INSTANCE;
        case 1 -> new JsonPrimitive(random.nextBoolean());
        case 2 -> number();
        case 3 -> new JsonPrimitive(any("", "a", "b", "ab", "\uD83D\uDE00"));
        case 4, 5 -> array(() -> value(depth - 1), 0);
        default -> object(() -> value(depth - 1));
      };
    }

    private JsonArray array(Supplier<JsonElement> element, int least) {
      JsonArray array = new JsonArray();
      IntStream.range(0, least + random.nextInt(3)).forEach(i -> array.add(element.get()));
      return array;
    }

    private JsonObject object(Supplier<JsonElement> member) {
      JsonObject object = new JsonObject();
      IntStream.range(0, random.nextInt(3)).forEach(i -> object.add(name(), member.get()));
      return object;
    }

    private JsonElement schema(int depth) {
      if (random.nextInt(12) == 0) {
        return new JsonPrimitive(random.nextInt(4) > 0);
      }
      JsonObject schema = new JsonObject();
      IntStream.range(0, 1 + random.nextInt(3)).forEach(i -> addKeyword(schema, depth));
      return schema;
    }

    private void addKeyword(JsonObject schema, int depth) {
      String keyword =
          depth == 0
              ? any("type", "enum", "minimum", "maxLength", "minItems", "required")
              : any(
                  "type",
                  "type",
                  "enum",
                  "const",
                  "allOf",
                  "anyOf",
                  "oneOf",
                  "$ref",
                  "properties",
                  "patternProperties",
                  "additionalProperties",
                  "required",
                  "minProperties",
                  "maxProperties",
                  "items",
                  "prefixItems",
                  "minItems",
                  "maxItems",
                  "uniqueItems",
                  "minLength",
                  "maxLength",
                  "pattern",
                  "minimum",
                  "maximum",
                  "exclusiveMinimum",
                  "exclusiveMaximum",
                  "multipleOf",
                  "title");
      Supplier<JsonElement> below = () -> schema(depth - 1);
      schema.add(
          keyword,
          switch (keyword) {
            case "type" -> random.nextInt(4) == 0 ? types() : new JsonPrimitive(type());
            case "enum" -> array(() -> value(1), 1);
            case "const" -> value(1);
            case "allOf", "anyOf", "oneOf", "prefixItems" -> array(below, 1);
            case "properties", "patternProperties" -> object(below);
            case "additionalProperties", "items" -> below.get();
            case "$ref" -> new JsonPrimitive("#/components/schemas/" + any("A", "B~1~0"));
            case "required" -> names();
            case "uniqueItems" -> new JsonPrimitive(random.nextBoolean());
            case "pattern" -> new JsonPrimitive(any("a", "^b", "^a?$"));
            case "title" -> new JsonPrimitive("a title");
            case "multipleOf" -> JsonParser.parseString(any("1", "2", "0.5"));
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" -> number();
            default -> new JsonPrimitive(random.nextInt(3));
          });
    }

    private String type() {
      return any("string", "integer", "number", "boolean", "array", "object", "null");
    }

    private JsonArray types() {
      JsonArray types = new JsonArray();
      types.add(any("string", "integer"));
      types.add(any("null", "array"));
      return types;
    }

    private JsonArray names() {
      JsonArray names = new JsonArray();
      names.add(name());
      return names;
    }
  }

  @Test
  void agreesWithALibraryOnRandomSchemas() {
    int valid = 0;
    int pairs = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      Dice dice = new Dice(seed);
      JsonObject schemas = new JsonObject();
      schemas.add("A", dice.schema(0));
      schemas.add("B/~", dice.schema(0));
      JsonObject components = new JsonObject();
      components.add("schemas", schemas);
      JsonObject document = new JsonObject();
      document.add("components", components);
      JsonElement schema = dice.schema(2);
      SchemaCheck ours = new SchemaCheck(document);
      Validator theirs =
          new ValidatorFactory()
              .withJsonNodeFactory(new GsonNode.Factory())
              .withDisabledSchemaValidation(true)
              .createValidator();
      JsonElement whole = schema;
      if (schema instanceof JsonObject object) {
        JsonObject withComponents = object.deepCopy();
        withComponents.add("components", components);
        whole = withComponents;
      }
      URI uri = theirs.registerSchema(URI.create("urn:schema:" + seed), whole.toString());
      for (int i = 0; i < 20; i++) {
        JsonElement value = dice.value(2);
        boolean expected = theirs.validate(uri, value.toString()).isValid();
        assertThat(ours.check(schema, value, LOCATION).isEmpty())
            .as("%s of %s in %s", value, schema, components)
            .isEqualTo(expected);
        valid += expected ? 1 : 0;
        pairs++;
      }
    }
    // Both outcomes must be common for the comparison to mean something.
    assertThat(valid).isBetween(pairs / 4, pairs * 3 / 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `{"type": "string", "nullable": true}`                          | null | true
          `{"type": "string", "nullable": false}`                         | null | false
          `{"type": "number", "minimum": 1, "exclusiveMinimum": true}`    | 1    | false
          `{"type": "number", "minimum": 1, "exclusiveMinimum": true}`    | 1.1  | true
          `{"type": "number", "minimum": 1, "exclusiveMinimum": false}`   | 1    | true
          `{"type": "number", "maximum": 1, "exclusiveMaximum": true}`    | 1    | false
          `{"type": "number", "maximum": 1, "exclusiveMaximum": true}`    | 0.9  | true
          """)
  void readsTheFormsOfOpenApi30(String schema, String json, boolean isValid) {
    assertThat(check(schema, json).isEmpty()).isEqualTo(isValid);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `{"items": {"type": "string"}}`        | `["a", 1, 2]` | body.1: Input should be a valid string
          `{"required": ["a"]}`                  | `{}`          | body.a: Field required
          `{"properties": {"a": {"minimum": 1}}}`| `{"a": 0}`    | body.a: Input should be greater than or equal to 1
          `{"minLength": 1}`                     | `""`          | body: Input should have at least 1, not 0
          `{"enum": ["x", "y"]}`                 | `"z"`         | body: Input should be one of ["x","y"]
          `{"anyOf": [{"type": "string"}, {"items": {"type": "integer"}}]}` | `[1, "a"]` | body.1: Input should be a valid integer
          `{"anyOf": [{"type": "string"}, {"type": "null"}]}` | `1` | body: Input should be a valid string; or: Input should be null
          """)
  void saysWhatIsWrongAndWhere(String schema, String json, String violation) {
    assertThat(check(schema, json)).extracting(Violation::toString).containsExactly(violation);
  }

  @Test
  void failsOnUnknownKeywords() {
    assertThatIllegalStateException()
        .isThrownBy(() -> check("{\"if\": {\"type\": \"string\"}}", "1"))
        .withMessageContaining("\"if\"");
    assertThat(check("{\"x-anything\": 1, \"format\": \"date\"}", "1")).isEmpty();
  }
}
