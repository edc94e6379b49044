/** The Nebius Token Factory embeddings API: start at {@link io.github.tokenfactory}. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.github.tokenfactory {
  requires java.logging;
  requires kotlin.stdlib; // OkHttp 4 and Retrofit are automatic modules, which cannot ask for it
  requires okio;
  requires transitive com.google.gson;
  requires transitive jakarta.validation;
  requires transitive okhttp3;
  requires static transitive org.jspecify;
  requires transitive retrofit2;
  requires transitive retrofit2.converter.gson; // nothing here uses it, but whoever uses .api may

  exports io.github.tokenfactory;
  exports io.github.tokenfactory.api;
  exports io.github.tokenfactory.bulk;
  exports io.github.tokenfactory.embeddings;
  exports io.github.tokenfactory.errors;
  exports io.github.tokenfactory.json;
  exports io.github.tokenfactory.model;
}
