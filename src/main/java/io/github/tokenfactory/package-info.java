/**
 * The Nebius Token Factory embeddings API for Java: start at {@link
 * io.github.tokenfactory.TokenFactoryClient}.
 *
 * <p>Everything in this package is handwritten. The client, its results and its errors are the
 * facade; {@link io.github.tokenfactory.EmbeddingInput} and {@link
 * io.github.tokenfactory.EmbeddingVector} stand in for two unions of the published document; {@link
 * io.github.tokenfactory.ObjectAdapter}, {@link io.github.tokenfactory.UnionAdapter} and {@link
 * io.github.tokenfactory.EnumAdapter} are what the generated models are read and written with. The
 * models and the Retrofit interface themselves are generated, into {@code
 * io.github.tokenfactory.model} and {@code io.github.tokenfactory.api}.
 */
@NullMarked
package io.github.tokenfactory;

import org.jspecify.annotations.NullMarked;
