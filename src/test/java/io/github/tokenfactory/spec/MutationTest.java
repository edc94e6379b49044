package io.github.tokenfactory.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.tokenfactory.spec.Mutations.Mutation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applies every single change that matters at every place where it applies, and expects each to be reported. */
class MutationTest {
    /** What is said elsewhere already: a union with null gains null, both members of allOf say "object". */
    private static final List<String> MEANINGLESS = List.of(
            "/anyOf/0: type gains null",
            "properties/const/anyOf/0: default null",
            "schemas/Cat/allOf/1: type removed",
            "schemas/Dog: type removed",
            "parameters/1/schema: type gains null",
            "schemas/Item/properties/name: type gains null",
            "extra/additionalProperties: type gains null");

    private interface Walk {
        void visit(JsonObject document, BiConsumer<String, JsonObject> visitor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openapi.json", "everything-3.1.json", "everything-3.0.json"})
    void reportsEveryChangeThatMatters(String name) {
        JsonObject document = resource(name);
        Mutations.set(document.getAsJsonObject("components").getAsJsonObject("schemas"), "Elsewhere", Mutations.json("{'type': 'null'}"));
        List<String> missed = new ArrayList<>();
        int schemas = run(document, Mutations::schemas, Mutations.ofSchemas(), missed);
        int operations = run(document, Mutations::operations, Mutations.ofOperations(), missed);
        System.out.println(name + ": " + schemas + " + " + operations);
        assertThat(missed).isEmpty();
        assertThat(schemas).isGreaterThan(500);
        assertThat(operations).isGreaterThan(25);
    }

    private static int run(JsonObject document, Walk walk, Map<String, Mutation> mutations, List<String> missed) {
        OpenApiDocument pinned = OpenApiDocument.parse(document.toString());
        List<String> places = new ArrayList<>();
        walk.visit(document, (place, part) -> places.add(place));
        int count = 0;
        for (int i = 0; i < places.size(); i++) {
            for (Map.Entry<String, Mutation> mutation : mutations.entrySet()) {
                JsonObject copy = document.deepCopy();
                if (!mutate(copy, walk, i, mutation.getValue())) {
                    continue;
                }
                count++;
                String mutant = places.get(i) + ": " + mutation.getKey();
                if (MEANINGLESS.stream().anyMatch(mutant::endsWith) || mutant.startsWith("schemas/Elsewhere")) {
                    continue;
                }
                try {
                    if (!SpecDrift.compare(pinned, OpenApiDocument.parse(copy.toString()), List.of("*")).hasDrift()) {
                        missed.add(mutant);
                    }
                } catch (RuntimeException e) {
                    missed.add(mutant + ": " + e);
                }
            }
        }
        return count;
    }

    private static boolean mutate(JsonObject document, Walk walk, int at, Mutation mutation) {
        AtomicInteger index = new AtomicInteger();
        List<JsonObject> found = new ArrayList<>();
        walk.visit(document, (place, part) -> {
            if (index.getAndIncrement() == at) {
                found.add(part);
            }
        });
        return mutation.test(found.get(0));
    }

    static JsonObject resource(String name) {
        return JsonParser.parseString(text(name)).getAsJsonObject();
    }

    static String text(String name) {
        try (InputStream in = MutationTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
