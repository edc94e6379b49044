/**
 * Bulk runs, which embed any number of texts; start with {@link
 * io.github.tokenfactory.bulk.BulkEmbedder}.
 *
 * <p>This package uses {@code embeddings} and the calls of the client. Nothing uses this package.
 */
@NullMarked
package io.github.tokenfactory.bulk;

import org.jspecify.annotations.NullMarked;
