package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.tokenfactory.testing.EmbeddingsServer;
import java.io.File;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

class JarTest {

  @Test
  void testKitHasALicenceAndNoTests() throws Exception {
    File file =
        new File(
            EmbeddingsServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile jar = new JarFile(file)) {
      assertNotNull(jar.getEntry("META-INF/LICENSE"));
      assertEquals(
          List.of(),
          jar.stream().map(ZipEntry::getName).filter(name -> name.contains("Test")).toList());
    }
  }
}
