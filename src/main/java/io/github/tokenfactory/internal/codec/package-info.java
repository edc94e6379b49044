/**
 * Bytes to vectors and back: the parsers and writers behind the models; not exported.
 *
 * <p>This package uses nothing else of the library.
 */
@NullMarked
package io.github.tokenfactory.internal.codec;

import org.jspecify.annotations.NullMarked;
