/**
 * A fake embeddings service for the tests of those who use this library: an artifact of its own,
 * with the classifier {@code testing}.
 *
 * <p>{@link io.github.tokenfactory.testing.EmbeddingsServer} speaks HTTP on this machine and
 * answers with vectors that texts alone decide; {@link io.github.tokenfactory.testing.Reply} is
 * what else it can be told to answer; {@link
 * io.github.tokenfactory.testing.EmbeddingsServerExtension} brings it to JUnit. It needs nothing
 * but the library and, for the extension, JUnit Jupiter.
 */
@NullMarked
package io.github.tokenfactory.testing;

import org.jspecify.annotations.NullMarked;
