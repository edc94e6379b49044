package io.github.tokenfactory.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sorts the imports of generated sources and removes unused ones. Templates list every import that
 * a class may need, because a template cannot tell which types its own output uses. Only imports
 * change.
 */
public final class OrganizeImports {
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package (.+);\n");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import (.+)\\.(\\w+);\n");
  private static final Pattern COMMENT_OR_STRING =
      Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"");
  private static final Pattern SIMPLE_NAME = Pattern.compile("(?<![.\\w$])[A-Z][\\w$]*");

  private OrganizeImports() {}

  /**
   * Rewrites the sources whose imports would change. With that the generated code is complete.
   *
   * @param args the directories of the generator's input and output
   */
  public static void main(String[] args) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(args[1], "src"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        PullDocument.replace(file, organize(Files.readString(file)));
      }
    }
    GenerationState.complete(Path.of(args[0]), Path.of(args[1]));
  }

  static String organize(String source) {
    String own = PACKAGE.matcher(source).results().findFirst().orElseThrow().group(1);
    Set<String> used = usedNames(source);
    String imports =
        IMPORT
            .matcher(source)
            .results()
            .filter(one -> used.contains(one.group(2)) && !one.group(1).equals(own))
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining());
    String code = IMPORT.matcher(source).replaceAll("");
    return PACKAGE.matcher(code).replaceFirst("$0\n" + imports).replaceFirst("\n{3,}", "\n\n");
  }

  private static Set<String> usedNames(String source) {
    String code = IMPORT.matcher(source).replaceAll("");
    return SIMPLE_NAME
        .matcher(COMMENT_OR_STRING.matcher(code).replaceAll(""))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
