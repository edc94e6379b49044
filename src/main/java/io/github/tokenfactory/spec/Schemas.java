package io.github.tokenfactory.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.tokenfactory.spec.CannotCheckException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads the schemas of one document into {@link Node}s: follows references, merges what applies together, flattens unions, takes
 * null out of them, and drops what is the default anyway.
 *
 * <p>Only what applies to the same value is read at once; properties, items and the like are left to be read later, so that
 * recursive schemas end.
 */
final class Schemas {
    private static final int MAX_OPEN = 200;
    private static final int MAX_RECURSIONS = 10_000;
    private static final Set<String> FALSE_BY_DEFAULT =
            Set.of("deprecated", "readOnly", "writeOnly", "uniqueItems", "nullable", "exclusiveMinimum", "exclusiveMaximum");
    private static final Set<String> ZERO_BY_DEFAULT = Set.of("minItems", "minLength", "minProperties");
    private static final Set<String> EMPTY_BY_DEFAULT = Set.of(
            "properties", "patternProperties", "dependentSchemas", "dependentRequired", "required", "allOf", "prefixItems");
    private static final Set<String> READ_ELSEWHERE = Set.of("$ref", "nullable", "$defs", "definitions", "discriminator");
    private static final Set<String> CONDITION = Set.of("if", "then", "else");
    private static final Set<String> CONTAINS = Set.of("contains", "minContains", "maxContains");
    private static final Set<String> EVERY_TYPE = Set.of("object", "array", "string", "number", "boolean");

    /** The types that a keyword speaks about; any other value passes. */
    private static final Map<String, Set<String>> TYPES_OF_KEYWORD = new HashMap<>();

    static {
        Set<String> numbers = Set.of("integer", "number");
        List.of("minimum", "maximum", "multipleOf").forEach(keyword -> TYPES_OF_KEYWORD.put(keyword, numbers));
        List.of("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema")
                .forEach(keyword -> TYPES_OF_KEYWORD.put(keyword, Set.of("string")));
        List.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "unevaluatedItems")
                .forEach(keyword -> TYPES_OF_KEYWORD.put(keyword, Set.of("array")));
        List.of("properties", "patternProperties", "additionalProperties", "propertyNames", "required", "minProperties")
                .forEach(keyword -> TYPES_OF_KEYWORD.put(keyword, Set.of("object")));
        List.of("maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties")
                .forEach(keyword -> TYPES_OF_KEYWORD.put(keyword, Set.of("object")));
    }

    private final OpenApiDocument document;
    private final Map<Spot, Node> read = new HashMap<>();
    private final Map<Set<Spot>, Node> combined = new HashMap<>();

    /** The schemas being read, each with the number of unions around it: a way back into one of them never ends. */
    private final Map<Spot, Integer> open = new HashMap<>();

    private int unions;
    private int recursions;

    Schemas(OpenApiDocument document) {
        this.document = document;
    }

    /** Returns the schema that says what all of these say. */
    Node read(List<Spot> spots) {
        return spots.size() == 1
                ? read(spots.get(0))
                : combined.computeIfAbsent(
                        Set.copyOf(spots), all -> Node.all(spots.get(0), spots.stream().map(this::read).toList()));
    }

    private Node read(Spot spot) {
        Node known = read.get(spot);
        if (known != null) {
            return known;
        }
        Integer around = open.get(spot);
        if (around != null) {
            return recursion(spot, unions - around);
        }
        if (open.size() == MAX_OPEN) {
            throw new CannotCheckException(
                    Reason.MALFORMED, "more than " + MAX_OPEN + " schemas apply to one value at " + spot.pointer());
        }
        open.put(spot, unions);
        int before = recursions;
        Node node = build(spot);
        open.remove(spot);
        if (recursions == before) {
            // What was cut short depends on where reading began, and must not be seen from elsewhere.
            read.put(spot, node);
        }
        return node;
    }

    /** A schema that applies to the same value as itself, by way of a union: legal, if strange; without a union, it says nothing. */
    private Node recursion(Spot spot, int unionsBetween) {
        if (unionsBetween == 0 || ++recursions > MAX_RECURSIONS) {
            throw OpenApiDocument.cycle(spot);
        }
        Node node = Node.anything(spot);
        node.fact("recursion", "to the schema " + unionsBetween + " unions further out", spot);
        return node;
    }

    private Node build(Spot spot) {
        if (spot.json() instanceof JsonPrimitive scalar && scalar.isBoolean()) {
            return scalar.getAsBoolean() ? Node.anything(spot) : Node.nothing(spot);
        }
        JsonObject schema = spot.object();
        String ref = Grammar.reference(schema);
        if (ref != null && schema.keySet().stream().allMatch(keyword -> keyword.equals("$ref") || Grammar.isExtension(keyword))) {
            return read(document.resolve(ref, spot));
        }
        Node node = ref != null && document.is30() ? ignored(spot) : own(spot);
        List<Node> others = new ArrayList<>();
        if (ref != null) {
            others.add(read(document.resolve(ref, spot)));
        }
        if (ref == null || !document.is30()) {
            for (Spot member : members(spot, "allOf")) {
                others.add(read(member));
            }
            for (String kind : List.of("anyOf", "oneOf")) {
                List<Spot> members = members(spot, kind);
                if (!members.isEmpty()) {
                    others.add(union(kind, spot.child(kind), members));
                }
            }
        }
        addInner(node, others);
        // OpenAPI 3.0 documents write "nullable" beside "allOf", and mean it.
        node.nullable |= Json.isTrue(schema.get("nullable")) && (ref == null || !document.is30());
        return node;
    }

    private static void addInner(Node node, List<Node> others) {
        String component = node.at.component();
        if (others.isEmpty()) {
            node.name = component;
            return;
        }
        Node inner = Node.all(node.at, others);
        node.name = component != null ? component : inner.name;
        Map<String, Spot> outerDefault = node.facts.remove("default");
        node.and(inner);
        if (outerDefault != null) {
            // The outermost default counts; another one further in must still not change unseen.
            Map<String, Spot> innerDefault = node.facts.put("default", outerDefault);
            if (innerDefault != null && !outerDefault.keySet().containsAll(innerDefault.keySet())) {
                node.facts.put("overridden default", innerDefault);
            }
        }
    }

    private static List<Spot> members(Spot spot, String keyword) {
        return spot.object().get(keyword) instanceof JsonArray ? spot.child(keyword).elements() : List.of();
    }

    /** OpenAPI 3.0 ignores what stands beside a reference; people still read it. */
    private static Node ignored(Spot spot) {
        Node node = Node.anything(spot);
        for (Spot member : spot.members(name -> !name.equals("$ref") && !Grammar.isExtension(name))) {
            node.document(member.name(), Json.meaning(member.json()), member);
        }
        return node;
    }

    /** Reads the keywords of one object, whatever it refers to. */
    private Node own(Spot spot) {
        Node node = Node.anything(spot);
        Node condition = null;
        Node contains = null;
        for (Spot member : spot.members(name -> !Grammar.isExtension(name) && !READ_ELSEWHERE.contains(name))) {
            String keyword = member.name();
            JsonElement value = member.json();
            if (Grammar.DOCUMENTATION.contains(keyword)) {
                node.document(keyword, Json.meaning(value), member);
            } else if (isDefault(keyword, value)) {
                continue;
            } else if (CONDITION.contains(keyword)) {
                condition = condition == null ? new Node(spot) : condition;
                condition.schema(keyword, member);
            } else if (CONTAINS.contains(keyword)) {
                contains = contains == null ? new Node(spot) : contains;
                if (keyword.equals("contains")) {
                    contains.schema(keyword, member);
                } else {
                    contains.fact(keyword, Json.meaning(value), member);
                }
            } else if (keyword.equals("not")) {
                Node not = new Node(member);
                not.schema(keyword, member);
                node.group(keyword, not);
            } else if (!readParts(node, member)) {
                readFact(node, spot, member);
            }
        }
        if (condition != null) {
            node.group("if", condition);
        }
        if (contains != null) {
            node.group("contains", contains);
        }
        readDiscriminator(node, spot);
        return typesApart(node);
    }

    private static boolean isDefault(String keyword, JsonElement value) {
        return FALSE_BY_DEFAULT.contains(keyword) && value.equals(new JsonPrimitive(false))
                || ZERO_BY_DEFAULT.contains(keyword) && Json.meaning(value).equals("0")
                || EMPTY_BY_DEFAULT.contains(keyword)
                        && (value instanceof JsonArray array && array.isEmpty() || value instanceof JsonObject object && object.isEmpty());
    }

    /** Reads a keyword that holds schemas; returns whether it is one, and has the right form. */
    private static boolean readParts(Node node, Spot member) {
        String keyword = member.name();
        Grammar.Slot slot = Grammar.SCHEMA.slot(keyword);
        if (slot == null) {
            return false;
        }
        if (keyword.equals("anyOf") || keyword.equals("oneOf") || keyword.equals("allOf")) {
            return member.json() instanceof JsonArray array && !array.isEmpty();
        }
        List<Spot> parts = slot.parts(member);
        boolean tuple = member.json() instanceof JsonArray;
        for (Spot part : parts) {
            String label = tuple ? "prefixItems " + part.name() : slot.form() == Grammar.Form.ONE ? keyword : keyword + " " + part.name();
            if (tuple || slot.form() == Grammar.Form.MAP || !Json.isTrue(part.json()) && !isBlank(part.json())) {
                node.schema(label, part);
            }
        }
        return !parts.isEmpty();
    }

    /** Says that a schema has no keyword that could constrain anything. */
    private static boolean isBlank(JsonElement json) {
        return json instanceof JsonObject schema
                && schema.keySet().stream().allMatch(name -> Grammar.isExtension(name) || Grammar.DOCUMENTATION.contains(name));
    }

    private static void readFact(Node node, Spot schema, Spot member) {
        String keyword = member.name();
        JsonElement value = member.json();
        Spot where = member;
        switch (keyword) {
            case "type" -> readTypes(node, member);
            case "const" -> readEnum(node, List.of(value), where);
            case "enum" -> {
                if (value instanceof JsonArray values) {
                    readEnum(node, values.asList(), where);
                } else {
                    node.fact("enum (not an array)", Json.meaning(value), where);
                }
            }
            case "required" -> readNames(node, keyword, value, where);
            case "dependentRequired" -> {
                if (value instanceof JsonObject names) {
                    names.entrySet().forEach(e -> readNames(node, keyword + " " + e.getKey(), e.getValue(), where));
                } else {
                    node.fact(keyword, Json.meaning(value), where);
                }
            }
            case "minimum", "exclusiveMinimum" -> readBound(node, schema.object(), member, "inimum", ">");
            case "maximum", "exclusiveMaximum" -> readBound(node, schema.object(), member, "aximum", "<");
            default -> node.fact(keyword, Json.meaning(value), where);
        }
    }

    private static void readTypes(Node node, Spot member) {
        List<JsonElement> values = member.json() instanceof JsonArray array ? array.asList() : List.of(member.json());
        Map<String, Spot> types = new TreeMap<>();
        for (JsonElement value : values) {
            String type = Json.string(value);
            types.put(type == null ? Json.meaning(value) : type, member);
        }
        node.nullable &= types.remove("null") != null;
        if (types.containsKey("number")) {
            types.remove("integer");
        }
        if (!types.keySet().containsAll(EVERY_TYPE)) {
            node.facts.put("type", types);
        }
    }

    private static void readEnum(Node node, List<JsonElement> values, Spot where) {
        Node allowed = Node.anything(where);
        allowed.nullable = values.contains(JsonNull.INSTANCE);
        allowed.facts.put("enum", new TreeMap<>());
        values.stream().filter(value -> !value.isJsonNull()).forEach(value -> allowed.fact("enum", Json.meaning(value), where));
        if (allowed.facts.get("enum").isEmpty() && allowed.nullable) {
            allowed.facts.put("type", allowed.facts.remove("enum")); // only null
        }
        node.and(allowed); // const and enum may stand side by side
    }

    private static void readNames(Node node, String keyword, JsonElement value, Spot where) {
        boolean names = value instanceof JsonArray array && array.asList().stream().allMatch(name -> Json.string(name) != null);
        if (names) {
            value.getAsJsonArray().forEach(name -> node.fact(keyword, name.getAsString(), where));
        } else {
            node.fact(keyword, Json.meaning(value), where);
        }
    }

    /** In OpenAPI 3.0 {@code exclusiveMinimum} is a switch beside {@code minimum}, later it is a number of its own. */
    private static void readBound(Node node, JsonObject schema, Spot member, String suffix, String sign) {
        String label = "m" + suffix;
        boolean inclusive = member.name().equals(label);
        boolean isSwitch = Json.isTrue(schema.get("exclusiveM" + suffix));
        if (inclusive || !Json.isTrue(member.json())) {
            node.fact(label, sign + (inclusive && !isSwitch ? "= " : " ") + Json.meaning(member.json()), member);
        } else if (!schema.has(label)) {
            node.fact(member.name(), "true", member);
        }
    }

    private void readDiscriminator(Node node, Spot spot) {
        JsonObject schema = spot.object();
        JsonElement value = schema.get("discriminator");
        if (value == null) {
            return;
        }
        Spot discriminator = spot.child("discriminator");
        JsonElement property = value instanceof JsonObject object ? object.get("propertyName") : value;
        node.fact("discriminator", property == null ? "no property" : Json.meaning(property), discriminator);
        Set<Spot> named = new HashSet<>();
        Grammar.mapping(schema).forEach((name, target) -> {
            Spot resolved = document.resolveMapping(target, discriminator);
            named.add(resolved);
            node.schema("discriminator " + name, resolved);
        });
        // Without a mapping, the name of a component is what goes over the wire.
        for (String kind : List.of("anyOf", "oneOf")) {
            for (Spot member : members(spot, kind)) {
                String ref = Grammar.reference(member.json());
                Spot target = ref == null ? null : document.resolve(ref, member);
                String component = target == null ? null : target.component();
                if (component != null && !named.contains(target)) {
                    node.schema("discriminator " + component, target);
                }
            }
        }
    }

    /** Writes a schema with several types as the union of one schema each, which is what {@code anyOf} would say. */
    private static Node typesApart(Node node) {
        Map<String, Spot> types = node.facts.getOrDefault("type", Map.of());
        if (types.size() < 2) {
            return node;
        }
        Set<String> annotations = Set.of("type", "default", "deprecated", "readOnly", "writeOnly");
        Predicate<String> isTyped = label -> TYPES_OF_KEYWORD.containsKey(label.split(" ", 2)[0]);
        boolean separable = node.facts.keySet().stream().allMatch(keyword -> annotations.contains(keyword) || isTyped.test(keyword))
                && node.schemas.keySet().stream().allMatch(isTyped)
                && node.groups.keySet().stream().allMatch(isTyped);
        if (!separable) {
            return node;
        }
        Node union = unionOf("anyOf", types.values().iterator().next(), types.keySet().stream()
                .map(type -> ofType(type, node))
                .toList());
        Node apart = Node.anything(node.at);
        apart.documentation.putAll(node.documentation);
        apart.nullable = node.nullable;
        node.facts.forEach((keyword, values) -> {
            if (annotations.contains(keyword) && !keyword.equals("type")) {
                apart.facts.put(keyword, values);
            }
        });
        apart.group("unions", union);
        return apart;
    }

    private static Node ofType(String type, Node node) {
        Predicate<String> wanted = label -> TYPES_OF_KEYWORD.getOrDefault(label.split(" ", 2)[0], Set.of()).contains(type);
        Node only = new Node(node.at);
        only.fact("type", type, node.facts.get("type").get(type));
        node.facts.keySet().stream().filter(wanted).forEach(k -> only.facts.put(k, node.facts.get(k)));
        node.schemas.keySet().stream().filter(wanted).forEach(k -> node.schemas.get(k).forEach(spot -> only.schema(k, spot)));
        node.groups.keySet().stream().filter(wanted).forEach(k -> only.groups.put(k, node.groups.get(k)));
        return only;
    }

    private static Node unionOf(String kind, Spot at, List<Node> variants) {
        Node union = new Node(at);
        union.fact("union", kind, at);
        union.counted = kind.equals("oneOf");
        variants.forEach(variant -> union.group("variants", variant));
        return union;
    }

    private Node union(String kind, Spot at, List<Spot> members) {
        List<Node> variants = new ArrayList<>();
        Set<String> texts = new HashSet<>();
        int nulls = 0;
        unions++;
        for (Spot member : members) {
            if (kind.equals("oneOf") || texts.add(Json.meaning(member.json()))) {
                Node variant = read(member);
                List<Node> nested = variant.variants(kind);
                nulls += variant.nullable ? 1 : 0;
                if (nested != null) {
                    variants.addAll(nested);
                } else if (!variant.isOnlyNull()) {
                    variants.add(variant);
                }
            }
        }
        unions--;
        Node node = Node.anything(at);
        node.nullable = nulls > 0;
        // Two variants of oneOf that allow null exclude it, strictly: keep such a null where it is.
        boolean hoist = kind.equals("anyOf") || nulls < 2;
        List<Node> distinct = (hoist ? variants.stream().map(Node::withoutNull) : variants.stream()).toList();
        distinct = kind.equals("anyOf") ? distinct.stream().distinct().toList() : distinct;
        if (distinct.size() > 1) {
            node.group("unions", unionOf(kind, at, distinct));
            return node;
        }
        Node only = distinct.isEmpty() ? Node.nothing(at) : Node.all(at, distinct);
        only.nullable = node.nullable;
        return only;
    }

}
