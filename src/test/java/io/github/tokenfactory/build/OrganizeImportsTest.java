package io.github.tokenfactory.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class OrganizeImportsTest {
  @Test
  void keepsUsedImportsAndSortsThem() {
    assertThat(
            OrganizeImports.organize(
                """
                // Generated
                package a.b;

                import java.util.Set;
                import java.util.Map;
                import a.b.Same;
                import java.util.Map;
                import java.util.List;
                import java.net.URI;
                import java.util.UUID;
                import a.c.Part;

                /** A Set. */
                class Same {
                  Map<String, Outer.Part> map; // a List
                  @Nullable UUID id = x("\\"URI\\"", 1);
                }
                """))
        .isEqualTo(
            """
            // Generated
            package a.b;

            import java.util.Map;
            import java.util.UUID;

            /** A Set. */
            class Same {
              Map<String, Outer.Part> map; // a List
              @Nullable UUID id = x("\\"URI\\"", 1);
            }
            """);
  }

  @TestFactory
  Stream<DynamicTest> generatedCodeImportsOnlyWhatItUses() throws IOException {
    List<Path> documents;
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/documents"))) {
      documents = Stream.concat(Stream.of(Generation.DOCUMENT), files).sorted().toList();
    }
    return documents.stream()
        .map(
            document ->
                DynamicTest.dynamicTest(
                    document.toString(),
                    () ->
                        Generation.of(document, "*", settings -> {})
                            .forEach(OrganizeImportsTest::assertUsesEachImport)));
  }

  private static void assertUsesEachImport(String name, String source) {
    CompilationUnitTree unit = parse(name, source);
    Set<String> used = new HashSet<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitImport(ImportTree node, Void unused) {
        return null;
      }

      @Override
      public Void visitIdentifier(IdentifierTree node, Void unused) {
        used.add(node.getName().toString());
        return null;
      }
    }.scan(unit, null);
    List<String> imports =
        unit.getImports().stream().map(each -> each.getQualifiedIdentifier().toString()).toList();
    assertThat(imports)
        .as(name)
        .isSorted()
        .doesNotHaveDuplicates()
        .noneMatch(each -> each.replaceFirst("[.]\\w+$", "").equals(unit.getPackageName() + ""))
        .allMatch(each -> used.contains(each.replaceFirst(".*[.]", "")));
  }

  private static CompilationUnitTree parse(String name, String source) {
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    try {
      return ((JavacTask)
              ToolProvider.getSystemJavaCompiler()
                  .getTask(null, null, null, List.of("-proc:none"), null, List.of(file)))
          .parse()
          .iterator()
          .next();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
