package io.github.tokenfactory.spec;

import io.github.tokenfactory.spec.CannotCheckException.Reason;
import io.github.tokenfactory.spec.Change.Effect;
import io.github.tokenfactory.spec.OpenApiDocument.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares what two versions of an OpenAPI document mean for the operations that a client binds. */
public final class SpecDrift {
    private static final int NO_DRIFT = 0;
    private static final int DRIFT = 1;
    private static final int CANNOT_CHECK = 2;
    private static final String DEFAULT_OPERATION = "POST /v1/embeddings";
    private static final Map<String, Function<DriftReport, String>> FORMATS =
            Map.of("text", DriftReport::toText, "markdown", DriftReport::toMarkdown, "json", DriftReport::toJson);
    private static final String USAGE = """
            usage: SpecDrift [--operation OPERATION]... [--format text|markdown|json] [--fail-on-documentation] [PINNED] PUBLISHED

            Compares what two OpenAPI documents (files or URLs, JSON or YAML) mean for some operations.
            PINNED defaults to the document that this library was generated from, and then OPERATION to "POST /v1/embeddings".
            OPERATION is METHOD /path or an operation id; by default, every operation of PINNED.

            exit status: 0 no drift (documentation may differ), 1 drift, 2 cannot check
            """;

    private SpecDrift() {}

    /**
     * Returns how the bound operations differ between two documents; how the documents are written does not matter.
     *
     * @param operations each as {@code METHOD /path} or as an operation id of the pinned document, or
     *     {@link OpenApiDocument#ALL_OPERATIONS} for all that it has
     * @throws CannotCheckException if either document cannot be understood as far as these operations need it, or the pinned
     *     document does not have one of them
     */
    public static DriftReport compare(OpenApiDocument pinned, OpenApiDocument published, Collection<String> operations) {
        List<Operation> bound = in("pinned document", () -> pinned.find(operations));
        // A slice says whether every reference leads somewhere.
        in("pinned document", () -> pinned.slice(titles(bound)));
        Set<String> shapes = bound.stream().map(SpecDrift::shape).collect(Collectors.toSet());
        Map<String, Operation> here = new LinkedHashMap<>();
        List<Operation> others = new ArrayList<>();
        in("published document", () -> {
            published.bound().forEach(operation -> {
                if (!shapes.contains(shape(operation)) || here.putIfAbsent(shape(operation), operation) != null) {
                    others.add(operation);
                }
            });
            return here;
        });
        in("published document", () -> published.slice(titles(here.values())));
        Differ differ = new Differ(pinned, published);
        compareInfo(pinned, published, differ);
        compareOperations(pinned, published, bound, here, others, differ);
        if (operations.contains(OpenApiDocument.ALL_OPERATIONS)) {
            others.forEach(operation -> differ.add(
                    Effect.NOTICE, operation.spot(), false, "operation not bound", "-", operation.title(), Consequence.ADOPT));
        }
        return new DriftReport(label(pinned), label(published), differ.changes());
    }

    private static void compareOperations(
            OpenApiDocument pinned,
            OpenApiDocument published,
            List<Operation> bound,
            Map<String, Operation> here,
            List<Operation> others,
            Differ differ) {
        Meaning before = new Meaning(pinned);
        Meaning after = new Meaning(published);
        Map<Operation, Node> was = new LinkedHashMap<>();
        Map<Operation, Node> is = new LinkedHashMap<>();
        for (Operation operation : bound) {
            was.put(operation, in("pinned document", () -> before.read(operation)));
            Operation counterpart = here.get(shape(operation));
            if (counterpart != null) {
                is.put(counterpart, in("published document", () -> after.read(counterpart)));
            }
        }
        boolean somethingIsGone = is.size() < was.size();
        Map<Operation, Node> candidates = somethingIsGone ? readable(others, after) : Map.of();
        List<Node> roots = new ArrayList<>(was.values());
        roots.addAll(is.values());
        roots.addAll(candidates.values());
        Equivalence.find(roots);
        for (Operation operation : bound) {
            Operation counterpart = here.get(shape(operation));
            Node node = Objects.requireNonNull(was.get(operation));
            if (counterpart != null) {
                compareNames(operation, counterpart, differ);
                differ.compareOperations(node, Objects.requireNonNull(is.get(counterpart)));
            } else {
                String moved = movedTo(operation, node, candidates);
                String now = moved == null ? "-" : moved;
                String what = moved == null ? "operation removed" : "operation moved";
                differ.add(Effect.BREAKS, operation.spot(), true, what, operation.title(), now, Consequence.REBIND);
            }
        }
    }

    /** Other operations are none of our business: one that cannot be read is just not where ours went. */
    private static Map<Operation, Node> readable(List<Operation> operations, Meaning meaning) {
        Map<Operation, Node> nodes = new LinkedHashMap<>();
        for (Operation operation : operations) {
            try {
                nodes.put(operation, meaning.read(operation));
            } catch (CannotCheckException e) {
                nodes.remove(operation);
            }
        }
        return nodes;
    }

    private static @Nullable String movedTo(Operation gone, Node node, Map<Operation, Node> candidates) {
        for (Operation candidate : candidates.keySet()) {
            if (gone.id() != null && gone.id().equals(candidate.id())) {
                return candidate.title();
            }
        }
        for (Map.Entry<Operation, Node> candidate : candidates.entrySet()) {
            if (!messages(node).isEmpty() && messages(node).equals(messages(candidate.getValue()))) {
                return candidate.getKey().title();
            }
        }
        return null;
    }

    /** Returns what an operation sends and receives, which hardly any other operation shares. */
    private static Map<String, Integer> messages(Node operation) {
        Map<String, Integer> messages = new TreeMap<>();
        operation.parts.forEach((label, part) -> {
            if (label.equals("requestBody") || label.startsWith("responses ")) {
                messages.put(label, part.meaning);
            }
        });
        return messages;
    }

    private static void compareNames(Operation was, Operation is, Differ differ) {
        if (!was.path().equals(is.path())) {
            differ.add(Effect.NOTICE, is.spot(), false, "path parameter renamed", was.path(), is.path(), Consequence.REVIEW_NAMES);
        }
    }

    private static void compareInfo(OpenApiDocument pinned, OpenApiDocument published, Differ differ) {
        for (String keyword : List.of("title", "version")) {
            Map<String, Spot> before = info(pinned, keyword);
            Map<String, Spot> after = info(published, keyword);
            if (!before.keySet().equals(after.keySet())) {
                differ.addDocumentation(keyword, before, after);
            }
        }
    }

    private static Map<String, Spot> info(OpenApiDocument document, String keyword) {
        Spot spot = document.at(List.of("info", keyword));
        return spot == null ? Map.of() : Map.of(Json.meaning(spot.json()), spot);
    }

    private static String label(OpenApiDocument document) {
        return info(document, "version").keySet().stream().findFirst().orElse("(no version)");
    }

    /** Path parameters are told apart by position, so their names do not make another operation. */
    private static String shape(Operation operation) {
        return operation.title().replaceAll("\\{[^}]*}", "{}");
    }

    private static List<String> titles(Collection<Operation> operations) {
        return operations.stream().map(Operation::title).toList();
    }

    private static <T> T in(String document, Supplier<T> step) {
        try {
            return step.get();
        } catch (CannotCheckException e) {
            throw e.in(document);
        }
    }

    /** Compares two documents from the command line; {@code --help} says how. */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** Does what {@link #main} does, and returns the exit status. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        List<String> operations = new ArrayList<>();
        List<String> documents = new ArrayList<>();
        String format = "text";
        boolean failOnDocumentation = false;
        for (int i = 0; i < args.length; i++) {
            boolean hasValue = i + 1 < args.length;
            if (args[i].equals("--help")) {
                out.print(USAGE);
                return NO_DRIFT;
            } else if (args[i].equals("--fail-on-documentation")) {
                failOnDocumentation = true;
            } else if (args[i].equals("--operation") && hasValue) {
                operations.add(args[++i]);
            } else if (args[i].equals("--format") && hasValue && FORMATS.containsKey(args[i + 1])) {
                format = args[++i];
            } else if (args[i].startsWith("--")) {
                err.print("cannot use " + args[i] + (hasValue ? " " + args[i + 1] : "") + "\n" + USAGE);
                return CANNOT_CHECK;
            } else {
                documents.add(args[i]);
            }
        }
        if (documents.isEmpty() || documents.size() > 2) {
            err.print("one or two documents are needed, not " + documents.size() + "\n" + USAGE);
            return CANNOT_CHECK;
        }
        try {
            boolean isDefault = documents.size() == 1;
            OpenApiDocument pinned = isDefault ? bundled() : SpecSource.create().load(documents.get(0));
            OpenApiDocument published = SpecSource.create().load(documents.get(documents.size() - 1));
            if (operations.isEmpty()) {
                operations.addAll(isDefault ? List.of(DEFAULT_OPERATION) : pinned.operations());
            }
            DriftReport report = compare(pinned, published, operations);
            out.print(FORMATS.get(format).apply(report));
            return report.hasDrift() || failOnDocumentation && report.hasDocumentationChanges() ? DRIFT : NO_DRIFT;
        } catch (CannotCheckException e) {
            err.println("cannot check: " + e.getMessage());
            return CANNOT_CHECK;
        }
    }

    private static OpenApiDocument bundled() {
        try (InputStream in = SpecDrift.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new CannotCheckException(Reason.UNAVAILABLE, "no bundled openapi.json on the class path; name the PINNED document");
            }
            return OpenApiDocument.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new CannotCheckException(Reason.UNAVAILABLE, "cannot read the bundled openapi.json: " + e, e);
        }
    }
}
