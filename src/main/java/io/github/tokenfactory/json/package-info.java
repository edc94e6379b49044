/**
 * The base classes of the generated models: adapters for objects, unions and enumerations, and how
 * each Java type looks in JSON. Users of the models do not need them.
 *
 * <p>This package uses {@code internal.codec} alone.
 */
@NullMarked
package io.github.tokenfactory.json;

import org.jspecify.annotations.NullMarked;
