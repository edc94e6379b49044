/**
 * Bulk runs, which embed any number of texts; start with {@code BulkEmbedder}. Uses {@code
 * embeddings} and the calls of the client; nothing uses this package.
 */
@NullMarked
package io.github.tokenfactory.bulk;

import org.jspecify.annotations.NullMarked;
