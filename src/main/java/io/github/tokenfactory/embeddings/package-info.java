/**
 * The embeddings operation: texts or tokens in, one vector for each out. Start at {@link
 * io.github.tokenfactory.embeddings.EmbeddingsService}.
 *
 * <p>{@code EmbeddingInput} and {@code EmbeddingVector} are handwritten classes for two unions of the
 * document. This package builds on the client and the generated code; only {@code bulk} builds on it.
 */
@NullMarked
package io.github.tokenfactory.embeddings;

import org.jspecify.annotations.NullMarked;
