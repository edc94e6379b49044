package io.github.tokenfactory;

import io.github.tokenfactory.build.Generation;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Compiles and runs code that calls the operations of any document through the client. */
final class GeneratedCaller {
  private GeneratedCaller() {}

  /**
   * {@return what {@code body} returns} It is the body of a method with a {@code client} and a
   * {@code url}.
   */
  static String call(
      Path document, String operations, Path directory, String body, FaultServer server)
      throws Exception {
    Map<String, String> sources = Generation.of(document, operations, settings -> {});
    return call(sources, "io.github.tokenfactory", directory, body, server);
  }

  /** {@return the same, with these sources, whose models and interface are below {@code root}} */
  static String call(
      Map<String, String> sources, String root, Path directory, String body, FaultServer server)
      throws Exception {
    sources.put(
        "Caller",
        """
        package io.github.tokenfactory;

        import com.google.gson.*;
        import %s.api.*;
        import io.github.tokenfactory.errors.*;
        import %s.model.*;
        import okhttp3.*;
        import retrofit2.Retrofit;
        import retrofit2.converter.gson.GsonConverterFactory;
        import java.util.*;

        public final class Caller {
          private Caller() {}

          public static String run(String url) throws Exception {
            TokenFactoryClient client =
                TokenFactoryClient.builder()
                    .apiKey("k3y")
                    .baseUrl(url)
                    .scheduler(FakeScheduler.impatient())
                    .build();
            try {
              %s
            } finally {
              client.close();
            }
          }
        }
        """
            .formatted(root, root, body));
    Path classes = Files.createDirectory(directory.resolve("classes"));
    Generation.compile(sources, classes);
    try (Loader loader = new Loader(classes)) {
      return (String)
          loader
              .loadClass("io.github.tokenfactory.Caller")
              .getMethod("run", String.class)
              .invoke(null, server.url());
    }
  }

  /** Loads the client anew, with the generated classes of another scope in place of the build's. */
  private static final class Loader extends URLClassLoader {
    Loader(Path classes) throws IOException {
      super(urls(classes), GeneratedCaller.class.getClassLoader());
    }

    private static URL[] urls(Path classes) throws IOException {
      List<Path> all = List.of(classes, Path.of("target/classes"), Path.of("target/test-classes"));
      URL[] urls = new URL[all.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = all.get(i).toUri().toURL();
      }
      return urls;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null
            ? loaded
            : name.startsWith("io.github.tokenfactory.")
                ? findClass(name)
                : super.loadClass(name, resolve);
      }
    }
  }
}
