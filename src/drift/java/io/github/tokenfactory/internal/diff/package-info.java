/**
 * Compares the meaning of two documents, judges each difference and puts it into words.
 *
 * <p>It uses {@code internal.openapi}, and of the public package only {@link
 * io.github.tokenfactory.drift.Change}, which it makes, and {@link
 * io.github.tokenfactory.drift.CannotCheckException}.
 */
@NullMarked
package io.github.tokenfactory.internal.diff;

import org.jspecify.annotations.NullMarked;
