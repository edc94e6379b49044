/**
 * Reads OpenAPI documents: JSON and YAML, references, slices, and what operations and schemas mean.
 *
 * <p>It uses no other package, except {@link io.github.tokenfactory.drift.CannotCheckException},
 * which every part of the check throws.
 */
@NullMarked
package io.github.tokenfactory.internal.openapi;

import org.jspecify.annotations.NullMarked;
