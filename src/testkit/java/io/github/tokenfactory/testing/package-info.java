/**
 * A fake embeddings service for the tests of this library's users: an artifact with the classifier
 * {@code testing}.
 *
 * <p>{@link io.github.tokenfactory.testing.EmbeddingsServer} is an HTTP server on this machine. It
 * responds with vectors that depend on the texts only, or with any {@link
 * io.github.tokenfactory.testing.Reply}. {@link
 * io.github.tokenfactory.testing.EmbeddingsServerExtension} is for JUnit. The only dependencies are
 * the library and, for the extension, JUnit Jupiter.
 */
@NullMarked
package io.github.tokenfactory.testing;

import org.jspecify.annotations.NullMarked;
