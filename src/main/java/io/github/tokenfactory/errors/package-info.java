/**
 * The errors of this library, all unchecked; {@link
 * io.github.tokenfactory.errors.TokenFactoryException} is their base.
 *
 * <p>This package uses {@code ResponseInfo}, which each error carries, and nothing else of the
 * library.
 */
@NullMarked
package io.github.tokenfactory.errors;

import org.jspecify.annotations.NullMarked;
