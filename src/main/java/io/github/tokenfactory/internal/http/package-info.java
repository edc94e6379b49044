/**
 * One call with all its attempts, for any operation; not exported.
 *
 * <p>This package knows nothing of embeddings. Of the client it uses the types that callers see
 * too: {@code RequestOptions}, {@code ResponseInfo}, {@code CallListener} and the errors.
 */
@NullMarked
package io.github.tokenfactory.internal.http;

import org.jspecify.annotations.NullMarked;
