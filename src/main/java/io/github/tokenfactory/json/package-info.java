/**
 * The base classes of the generated models: adapters for objects, unions and enumerations, and the
 * JSON form of each Java type. Users of the models do not need them.
 *
 * <p>This package uses only {@code internal.codec}.
 */
@NullMarked
package io.github.tokenfactory.json;

import org.jspecify.annotations.NullMarked;
