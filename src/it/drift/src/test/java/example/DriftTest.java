package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.drift.CannotCheckException;
import io.github.tokenfactory.drift.DriftReport;
import io.github.tokenfactory.drift.OpenApiDocument;
import io.github.tokenfactory.drift.SpecDrift;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final List<String> OPERATIONS = List.of("POST /v1/embeddings");

  @Test
  void comparesWithTheDocumentInTheClientsJar() {
    OpenApiDocument bundled = OpenApiDocument.bundled();
    OpenApiDocument changed =
        OpenApiDocument.parse(bundled.toCanonicalJson().replace("\"no-limit\"", "\"any-limit\""));

    assertFalse(SpecDrift.compare(bundled, bundled, OPERATIONS).hasDrift());
    DriftReport report = SpecDrift.compare(bundled, changed, OPERATIONS);
    assertTrue(report.toText().contains("ServiceTier"), report::toText);
  }

  @Test
  void asksForTwoDocumentsWithoutTheClientsJar() throws Exception {
    try (URLClassLoader alone = loader(SpecDrift.class, JsonObject.class)) {
      Class<?> document = alone.loadClass(OpenApiDocument.class.getName());
      Exception e = assertThrows(Exception.class, () -> document.getMethod("bundled").invoke(null));
      assertEquals(CannotCheckException.class.getName(), e.getCause().getClass().getName());
      assertTrue(e.getCause().getMessage().contains("name two documents"));
    }
  }

  @Test
  void driftCheckIsNotInTheClientsJar() throws Exception {
    try (URLClassLoader alone = loader(TokenFactoryClient.class)) {
      assertNull(alone.getResource(SpecDrift.class.getName().replace('.', '/') + ".class"));
    }
  }

  /** {@return a class loader with only the JDK and the jars of these classes} */
  private static URLClassLoader loader(Class<?>... types) {
    return new URLClassLoader(
        Stream.of(types)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
            .toArray(URL[]::new),
        ClassLoader.getPlatformClassLoader());
  }
}
