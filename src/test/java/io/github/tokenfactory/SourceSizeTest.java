package io.github.tokenfactory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Keeps files and methods short, except in tests and consumer projects. */
class SourceSizeTest {
  private static final int MAX_FILE = 450;
  private static final int MAX_METHOD = 60;

  /** The exceptions, as {@code File.java} or {@code File.java method}, each with the reason. */
  private static final Map<String, String> EXCEPTIONS = Map.of();

  @Test
  void filesAndMethodsAreShort() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of("src"))) {
      files =
          all.filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.startsWith("src/test") && !file.startsWith("src/it"))
              .toList();
    }
    List<String> tooLong = new ArrayList<>();
    for (Path file : files) {
      long lines = Files.readAllLines(file).size();
      if (lines > MAX_FILE) {
        tooLong.add(file.getFileName().toString());
      }
    }
    tooLong.addAll(longMethods(files));

    assertThat(new TreeSet<>(tooLong))
        .as("files over %d lines and methods over %d", MAX_FILE, MAX_METHOD)
        .isEqualTo(new TreeSet<>(EXCEPTIONS.keySet()));
  }

  private static List<String> longMethods(List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> tooLong = new ArrayList<>();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        LineMap lines = unit.getLineMap();
        new TreeScanner<Void, Void>() {
          @Override
          public Void visitMethod(MethodTree method, Void none) {
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long last = lines.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first >= MAX_METHOD) {
              String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
              tooLong.add(file + " " + method.getName());
            }
            return super.visitMethod(method, none);
          }
        }.scan(unit, null);
      }
    }
    return tooLong;
  }
}
