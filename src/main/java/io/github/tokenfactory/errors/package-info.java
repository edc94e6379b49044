/**
 * The errors of this library, all unchecked; {@code TokenFactoryException} is their base. Uses
 * {@code ResponseInfo}, which each error carries, and nothing else of the library.
 */
@NullMarked
package io.github.tokenfactory.errors;

import org.jspecify.annotations.NullMarked;
