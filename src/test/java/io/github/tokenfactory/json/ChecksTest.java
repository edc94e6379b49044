package io.github.tokenfactory.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import io.github.tokenfactory.build.Generation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The generated checks come to the verdicts of Hibernate Validator, in the same words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChecksTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Constraints, version: "1"}
      paths:
        /x:
          post:
            requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/All"}}}}
            responses: {"204": {description: none}}
      components:
        schemas:
          All:
            type: object
            required: [must]
            properties:
              must: {type: string}
              whole: {type: integer, minimum: 1, maximum: 5}
              open: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 1.5}
              step: {type: number, multipleOf: 0.25}
              even: {type: integer, multipleOf: 2}
              huge: {type: integer, format: uint64, maximum: 18446744073709551615}
              text: {type: string, minLength: 2, maxLength: 4}
              list: {type: array, minItems: 1, maxItems: 2, items: {type: string, minLength: 2}}
              set: {type: array, uniqueItems: true, items: {type: integer, maximum: 3}}
              map: {type: object, additionalProperties: {type: string, maxLength: 3}}
              deep: {type: array, items: {type: array, maxItems: 2, items: {type: number, minimum: 1, exclusiveMaximum: 5, multipleOf: 0.5}}}
              nested: {$ref: "#/components/schemas/All"}
              models: {type: array, items: {$ref: "#/components/schemas/All"}}
              named: {type: object, additionalProperties: {$ref: "#/components/schemas/All"}}
              lists: {type: object, additionalProperties: {type: array, items: {$ref: "#/components/schemas/All"}}}
      """;

  private Class<?> all;
  private Validator provider;

  @BeforeAll
  void generate(@TempDir Path directory) throws IOException, ClassNotFoundException {
    Path document = Files.writeString(directory.resolve("constraints.yaml"), DOCUMENT);
    Generation.compile(Generation.of(document, "*", settings -> {}), directory);
    all =
        new URLClassLoader(new URL[] {directory.toUri().toURL()})
            .loadClass("io.github.tokenfactory.model.All");
    provider =
        Validation.byProvider(HibernateValidator.class)
            .configure()
            .messageInterpolator(
                new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, false))
            .buildValidatorFactory()
            .getValidator();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'must':'a'}",
        "{'must':null}",
        "{'must':'','whole':1,'open':1,'step':0.75,'even':-4,'text':'ab','list':['ab']}",
        "{'must':'','whole':5,'open':1.4999,'step':0,'even':0,'text':'abcd','list':['ab','cd']}",
        "{'whole':0,'open':0,'step':0.1,'even':3,'text':'a','list':[]}",
        "{'whole':6,'open':1.5,'step':-0.3,'even':1,'text':'abcde','list':['a','b','']}",
        "{'huge':18446744073709551615}",
        "{'huge':18446744073709551616}",
        "{'text':'\uD83D\uDE00'}",
        "{'list':['ab',null]}",
        "{'set':[1,2,3]}",
        "{'set':[4]}",
        "{'map':{'a':'abc','b':'abcd'}}",
        "{'deep':[[1,4.5],[0.5],[5],[1,2,3],[1.25],[]]}",
        "{'must':'a','nested':{'must':'a','whole':9}}",
        "{'must':'a','nested':{'nested':{'whole':9}}}",
        "{'must':'a','models':[{'must':'a'},{},{'list':['x']}]}",
        "{'must':'a','named':{'k':{}}}",
        "{'must':'a','lists':{'k':[{'must':'a'},{'text':'x'}]}}",
      })
  void agreeWithAProvider(String json) {
    Object model = new Gson().fromJson(json.replace('\'', '"'), all);

    assertThat(checked(model)).containsExactlyInAnyOrderElementsOf(validated(model));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300})
  void agreeWithAProviderOnNumbersThatJsonHasNot(double number) throws Exception {
    Object builder = all.getMethod("builder").invoke(null);
    builder.getClass().getMethod("open", Double.class).invoke(builder, number);
    builder.getClass().getMethod("must", String.class).invoke(builder, "a");
    Object model = builder.getClass().getMethod("build").invoke(builder);

    assertThat(checked(model)).isNotEmpty().containsExactlyInAnyOrderElementsOf(validated(model));
  }

  @Test
  void nameWhatIsWrong() {
    Object model =
        new Gson().fromJson("{\"models\":[{\"whole\":9}],\"map\":{\"k\":\"long\"}}", all);

    assertThat(checked(model))
        .containsExactlyInAnyOrder(
            "must must not be null",
            "models[0].must must not be null",
            "models[0].whole must be less than or equal to 5",
            "map[k] size must be between 0 and 3");
  }

  private static List<String> checked(Object model) {
    List<String> violations = new ArrayList<>();
    ((Checks.Checked) model).check(Checks.into(violations));
    return violations;
  }

  private List<String> validated(Object model) {
    return provider.validate(model).stream()
        .map(
            violation ->
                violation.getPropertyPath().toString().replaceAll("[.]<[a-z ]+>", "")
                    + " "
                    + violation.getMessage())
        .toList();
  }
}
