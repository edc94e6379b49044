/**
 * The client of the Nebius Token Factory API: start at {@link
 * io.github.tokenfactory.TokenFactoryClient}.
 *
 * <p>The client calls any bound operation, or any Retrofit interface. The two factories are for a
 * Retrofit of your own. This package may use {@code errors}, {@code json}, {@code api} and the
 * internal packages, but no helper: {@code embeddings} and {@code bulk} build on it.
 */
@NullMarked
package io.github.tokenfactory;

import org.jspecify.annotations.NullMarked;
