/**
 * Compares the meaning of two OpenAPI documents, and cuts a document down to the operations that
 * this library binds.
 *
 * <p>Everything here is a pure function of the documents that it is given, except {@link
 * io.github.tokenfactory.spec.SpecSource}, which fetches them, and the two {@code main} methods.
 */
@NullMarked
package io.github.tokenfactory.spec;

import org.jspecify.annotations.NullMarked;
