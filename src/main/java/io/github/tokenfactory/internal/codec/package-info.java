/**
 * Fast readers of vectors and writers of texts and token ids, beneath Gson; not exported.
 *
 * <p>This package uses no other package of the library.
 */
@NullMarked
package io.github.tokenfactory.internal.codec;

import org.jspecify.annotations.NullMarked;
