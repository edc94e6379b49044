package io.github.tokenfactory.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import io.github.tokenfactory.build.Generation;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What generated classes do that the pinned document has no case of. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratedBehaviourTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Behaviour, version: "1"}
      paths:
        /x:
          post:
            requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Holder"}}}}
            responses: {"204": {description: none}}
      components:
        schemas:
          Holder:
            type: object
            properties:
              pet: {$ref: "#/components/schemas/Pet"}
              shape: {$ref: "#/components/schemas/Shape"}
              part: {anyOf: [{$ref: "#/components/schemas/TextPart"}, {$ref: "#/components/schemas/ImagePart"}]}
              text: {anyOf: [{type: string}, {type: array, items: {type: string}}, {type: array, items: {type: integer}}]}
              number: {anyOf: [{type: integer}, {type: number}, {type: boolean}]}
              when: {type: string, format: date-time}
              extras: {$ref: "#/components/schemas/Extras"}
              item: {$ref: "#/components/schemas/Item"}
              tool: {anyOf: [{$ref: "#/components/schemas/Loose"}, {$ref: "#/components/schemas/Function"}]}
              days: {type: array, items: {type: array, items: {type: string, format: date}}}
              ids: {type: object, additionalProperties: {type: string, format: uuid}}
              notes: {type: object, additionalProperties: {type: [string, "null"]}}
              bytes: {type: string, format: byte}
              chunks: {type: array, items: {type: string, format: byte}}
              next: {$ref: "#/components/schemas/Holder"}
              tree: {$ref: "#/components/schemas/Tree"}
              animal: {$ref: "#/components/schemas/Animal"}
              solid: {$ref: "#/components/schemas/Solid"}
              result: {oneOf: [{$ref: "#/components/schemas/Success"}, {$ref: "#/components/schemas/Failure"}]}
              code: {oneOf: [{$ref: "#/components/schemas/One"}, {$ref: "#/components/schemas/Two"}]}
              alike: {oneOf: [{$ref: "#/components/schemas/Zebra"}, {$ref: "#/components/schemas/Antelope"}]}
              level: {oneOf: [{const: 0, title: Off}, {const: 1, title: On}]}
              either: {oneOf: [{const: auto}, {const: 1}, {const: 0.5}, {const: true}]}
              flag: {oneOf: [{const: true}, {const: false}]}
              named: {anyOf: [{$ref: "#/components/schemas/Red"}, {$ref: "#/components/schemas/Blue"}, {type: "null"}]}
              huge: {type: integer, format: uint64}
              beyond: {type: integer, maximum: 99999999999999999999}
              plain: {type: integer}
              byName: {$ref: "#/components/schemas/ByName"}
              orNull: {anyOf: [{$ref: "#/components/schemas/Loose"}, {enum: [null]}]}
              stored: {$ref: "#/components/schemas/Stored"}
          Animal: {type: object, required: [species], properties: {species: {type: string}}, discriminator: {propertyName: species}}
          Fish: {allOf: [{$ref: "#/components/schemas/Animal"}, {type: object, properties: {fins: {type: integer}}}]}
          Shark: {allOf: [{$ref: "#/components/schemas/Fish"}, {type: object, properties: {teeth: {type: integer}}}]}
          Same: {allOf: [{$ref: "#/components/schemas/Animal"}]}
          Solid:
            type: object
            required: [form]
            properties: {form: {type: string}}
            discriminator: {propertyName: form, mapping: {round: "#/components/schemas/Ball", plain: "#/components/schemas/Solid"}}
          Ball: {allOf: [{$ref: "#/components/schemas/Solid"}, {type: object, properties: {radius: {type: number}}}]}
          Success: {type: object, required: [ok], properties: {ok: {const: true}, note: {type: string}}}
          Failure: {type: object, required: [ok], properties: {ok: {const: false}, note: {type: string}}}
          One: {type: object, required: [n], properties: {n: {const: 1}}}
          Two: {type: object, required: [n], properties: {n: {type: integer, enum: [2]}}}
          Zebra: {type: object, properties: {a: {type: string}}}
          Antelope: {type: object, properties: {a: {type: string}}}
          Red: {type: string, enum: [red]}
          Blue: {type: string, enum: [blue]}
          ByName: {type: object, additionalProperties: {type: array, items: {type: string}}, properties: {a: {type: string}}}
          Stored:
            type: object
            required: [id, text, secret]
            properties: {id: {type: integer, readOnly: true}, text: {type: string}, secret: {type: string, writeOnly: true}}
          Pet:
            oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]
            discriminator: {propertyName: kind, mapping: {feline: "#/components/schemas/Cat", canine: Dog}}
          Cat: {type: object, properties: {kind: {type: string}, name: {type: string}}}
          Dog: {type: object, properties: {kind: {type: string}, name: {type: string}}}
          Shape:
            oneOf: [{$ref: "#/components/schemas/Circle"}, {$ref: "#/components/schemas/Square"}]
            discriminator: {propertyName: shape}
          Circle: {type: object, properties: {shape: {type: string}, size: {type: number}}}
          Square: {type: object, properties: {shape: {type: string}, size: {type: number}}}
          TextPart: {type: object, required: [type], properties: {type: {const: text}, value: {type: string}}}
          ImagePart: {type: object, required: [type], properties: {type: {const: image}, value: {type: string}}}
          Item:
            oneOf: [{$ref: "#/components/schemas/Ask"}, {$ref: "#/components/schemas/Answer"}, {$ref: "#/components/schemas/Call"}]
            discriminator: {propertyName: type}
          Ask: {type: object, required: [type, ask], properties: {type: {const: message}, ask: {type: string}}}
          Answer: {type: object, required: [type, answer], properties: {type: {enum: [message]}, answer: {type: string}}}
          Call: {type: object, properties: {type: {type: string, enum: [call, call_output]}}}
          Function: {type: object, properties: {name: {type: string}, parameters: {}, a: {}, b: {}, pet: {$ref: "#/components/schemas/Pet"}}}
          Loose: {type: object, properties: {name: {type: string}}}
          Tree: {anyOf: [{type: string}, {type: array, items: {$ref: "#/components/schemas/Tree"}}, {$ref: "#/components/schemas/Holder"}]}
          Extras: {type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}
      """;

  private Class<?> holder;

  @BeforeAll
  void generate(@TempDir Path directory) throws IOException, ClassNotFoundException {
    Path document = Files.writeString(directory.resolve("behaviour.yaml"), DOCUMENT);
    Map<String, String> sources = Generation.of(document, "*", settings -> {});
    Generation.compile(sources, directory);
    holder =
        new URLClassLoader(new URL[] {directory.toUri().toURL()})
            .loadClass("io.github.tokenfactory.model.Holder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pet    | {\"kind\":\"feline\",\"name\":\"Tom\"}        | asCat",
        "pet    | {\"kind\":\"canine\"}                         | asDog",
        "pet    | {\"kind\":\"Dog\"}                            | asDog",
        "pet    | {\"kind\":\"equine\",\"name\":\"Ed\"}         | asJson",
        "shape  | {\"shape\":\"Square\",\"size\":2.0}           | asSquare",
        "shape  | {\"shape\":\"Circle\"}                        | asCircle",
        "shape  | {\"shape\":\"Hexagon\"}                       | asJson",
        "part   | {\"type\":\"text\",\"value\":\"x\"}           | asTextPart",
        "part   | {\"type\":\"image\",\"value\":\"x\"}          | asImagePart",
        "part   | {\"type\":\"audio\",\"value\":\"x\"}          | asJson",
        "part   | {\"value\":\"x\"}                             | asJson",
        "item   | {\"type\":\"message\",\"ask\":\"x\"}          | asAsk",
        "item   | {\"type\":\"message\",\"answer\":\"x\"}       | asAnswer",
        "item   | {\"type\":\"call_output\",\"x\":1}          | asCallModel",
        "item   | {\"type\":\"Call\"}                         | asCallModel",
        "item   | {\"type\":\"other\"}                        | asJson",
        "tool   | {\"name\":\"x\",\"parameters\":1}           | asFunction",
        "tool   | {\"parameters\":1,\"a\":1,\"b\":1,\"pet\":{\"kind\":\"Dog\"}} | asFunction",
        "tool   | {\"name\":\"x\",\"pet\":{\"kind\":\"Dog\"}} | asFunction",
        "text   | \"a\"                                         | asString",
        "text   | [\"a\",\"b\"]                                 | asListString",
        "text   | [1,2]                                         | asListLong",
        "text   | [1,\"b\"]                                     | asJson",
        "text   | {\"a\":null}                                  | asJson",
        "number | 9007199254740993                              | asLong",
        "number | 1.5                                           | asDouble",
        "number | true                                          | asBoolean",
        "animal | {\"species\":\"Fish\",\"fins\":2}           | asFish",
        "animal | {\"species\":\"Shark\",\"fins\":2,\"teeth\":9} | asShark",
        "animal | {\"species\":\"Animal\"}                    | asAnimalBase",
        "animal | {\"species\":\"Newt\",\"fins\":2}           | asAnimalBase",
        "animal | {\"fins\":2}                                 | asJson",
        "solid  | {\"form\":\"round\",\"radius\":1.5}         | asBall",
        "solid  | {\"form\":\"plain\"}                        | asSolidBase",
        "result | {\"ok\":true,\"note\":\"x\"}                | asSuccess",
        "result | {\"ok\":false}                              | asFailure",
        "code   | {\"n\":1}                                    | asOne",
        "code   | {\"n\":2}                                    | asTwo",
        "code   | {\"n\":3}                                    | asJson",
        "alike  | {\"a\":\"x\"}                                | asZebra",
      })
  void readsAUnionAsTheMatchingVariant(String property, String json, String accessor)
      throws Exception {
    String whole = "{\"" + property + "\":" + json + "}";
    Object read = read(whole);
    Object union =
        get(read, "get" + Character.toUpperCase(property.charAt(0)) + property.substring(1));

    assertThat(get(union, accessor)).isNotNull();
    assertThat(write(read)).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "level  | 1                                  | class io.github.tokenfactory.model.HolderLevel",
        "level  | 7                                  | class io.github.tokenfactory.model.HolderLevel",
        "either | \"auto\"                           | class io.github.tokenfactory.model.HolderEither",
        "either | 0.5                                | class io.github.tokenfactory.model.HolderEither",
        "either | true                               | class io.github.tokenfactory.model.HolderEither",
        "flag   | true                               | class java.lang.Boolean",
        "named  | \"blue\"                           | class io.github.tokenfactory.model.HolderNamed",
        "huge   | 18446744073709551615               | class java.math.BigInteger",
        "beyond | 99999999999999999999               | class java.math.BigInteger",
        "plain  | 9223372036854775807                | class java.lang.Long",
        "orNull | {\"name\":\"x\"}                   | class io.github.tokenfactory.model.Loose",
        "byName | {\"a\":\"x\",\"b\":[\"y\"]}         | class io.github.tokenfactory.model.ByName",
        "stored | {\"id\":1,\"text\":\"x\"}           | class io.github.tokenfactory.model.Stored",
      })
  void readsAValueAsItsType(String property, String json, String type) throws Exception {
    String whole = "{\"" + property + "\":" + json + "}";
    Object read = read(whole);

    assertThat(
            get(read, "get" + Character.toUpperCase(property.charAt(0)) + property.substring(1))
                .getClass())
        .hasToString(type);
    assertThat(write(read)).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "-9223372036854775809", "1e30", "1.5", "1e999999999"})
  void refusesANumberThatALongCannotHold(String number) {
    assertThatThrownBy(() -> read("{\"plain\":" + number + "}"))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessageContaining("Holder.plain")
        .hasMessageNotContaining(number);
  }

  @Test
  void asksForReadOnlyPropertiesInResponsesOnlyAndForWriteOnlyOnesInRequestsOnly()
      throws Exception {
    Class<?> stored = holder.getMethod("getStored").getReturnType();

    assertThat(stored.getMethod("getId").isAnnotationPresent(NotNull.class)).isFalse();
    assertThat(stored.getMethod("getText").isAnnotationPresent(NotNull.class)).isTrue();
    assertThat(stored.getMethod("getSecret").isAnnotationPresent(NotNull.class)).isTrue();
  }

  @Test
  void keepsATextThatIsNotOfTheDocumentedFormat() throws Exception {
    Object read = read("{\"when\":\"2026-11-22T10:00:00\"}");

    assertThat(get(read, "getWhen")).isNull();
    assertThat(write(read)).isEqualTo("{\"when\":\"2026-11-22T10:00:00\"}");
    assertThat(get(read("{\"when\":\"2026-11-22T10:00:00Z\"}"), "getWhen"))
        .isEqualTo(OffsetDateTime.parse("2026-11-22T10:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"days\":[[\"2026-11-22\",\"tomorrow\",\"2026-11-23\"],[]],\"when\":\"2026-11-22T10:00:00Z\"}",
        "{\"ids\":{\"a\":\"1-1-1-1-1\",\"b\":null},\"when\":\"2026-11-22T10:00:00Z\"}",
        "{\"notes\":{\"a\":\"x\",\"b\":null}}",
        "{\"bytes\":\"AQ\"}",
        "{\"bytes\":\"AQ==\"}",
        "{\"chunks\":[\"AQ==\",\"AQI=\"]}",
        "{\"next\":{\"when\":\"tomorrow\",\"next\":{\"bytes\":\"AQ==\"}}}",
        "{\"tree\":[\"a\",[\"b\",[]],{\"tree\":\"c\",\"next\":{\"x\":null}}]}",
      })
  void writesBackWhatItRead(String json) throws IOException {
    assertThat(JsonParser.parseString(write(read(json)))).isEqualTo(JsonParser.parseString(json));
  }

  /** Two ways from each schema to the next are a billion ways through thirty. */
  @Test
  @Timeout(60)
  void readsASchemaOnceHoweverManyWaysLeadToIt(@TempDir Path directory) throws IOException {
    StringBuilder document =
        new StringBuilder(
            DOCUMENT.replace("#/components/schemas/Holder", "#/components/schemas/C0"));
    for (int i = 0; i < 30; i++) {
      String next = "{$ref: \"#/components/schemas/C" + (i + 1) + "\"}";
      document
          .append("    C")
          .append(i)
          .append(": {allOf: [")
          .append(next)
          .append(", ")
          .append(next)
          .append("]}\n");
    }
    document.append("    C30: {type: object, properties: {a: {type: string}}}\n");
    Path file = Files.writeString(directory.resolve("ways.yaml"), document);

    assertThat(Generation.of(file, "*", settings -> {})).containsKey("C30");
  }

  @Test
  void readsTypedAdditionalPropertiesAndKeepsOthers() throws Exception {
    String json = "{\"extras\":{\"a\":\"x\",\"b\":7,\"c\":\"seven\",\"d\":null}}";
    Object extras = get(read(json), "getExtras");

    assertThat(get(extras, "additional")).isEqualTo(Map.of("b", 7L));
    assertThat(((Map<?, ?>) get(extras, "unknown")).keySet()).hasToString("[c, d]");
    assertThat(write(read(json))).isEqualTo(json);
  }

  /** With a Gson as without one. */
  private Object read(String json) throws IOException {
    Object read = new Gson().fromJson(json, holder);
    assertThat(write(adapterWithoutGson().fromJson(json))).isEqualTo(write(read));
    return read;
  }

  private String write(Object model) {
    String json = new Gson().toJson(model);
    assertThat(JsonParser.parseString(adapterWithoutGson().toJson(model)))
        .isEqualTo(JsonParser.parseString(json));
    return json;
  }

  @SuppressWarnings("unchecked") // it is of the same class
  private TypeAdapter<Object> adapterWithoutGson() {
    return (TypeAdapter<Object>) ObjectAdapter.registry().apply(holder);
  }

  private static Object get(Object model, String getter) throws Exception {
    return model.getClass().getMethod(getter).invoke(model);
  }
}
