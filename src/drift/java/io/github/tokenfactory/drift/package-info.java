/**
 * The drift check: compares what two OpenAPI documents mean for the operations that a client uses.
 *
 * <p>Start at {@link io.github.tokenfactory.drift.SpecDrift}. This package is what users of the
 * check see; it uses {@code internal.openapi} and {@code internal.diff}, and nothing of the client.
 */
@NullMarked
package io.github.tokenfactory.drift;

import org.jspecify.annotations.NullMarked;
