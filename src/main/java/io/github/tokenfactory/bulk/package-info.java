/**
 * Runs over any number of texts: start at {@link io.github.tokenfactory.bulk.BulkEmbedder}.
 *
 * <p>This package builds on {@code embeddings} and on the calls of the client; nothing builds on it.
 */
@NullMarked
package io.github.tokenfactory.bulk;

import org.jspecify.annotations.NullMarked;
