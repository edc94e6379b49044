/**
 * The embeddings operation; start with {@link io.github.tokenfactory.embeddings.EmbeddingsService}.
 *
 * <p>{@code EmbeddingInput} and {@code EmbeddingVector} are handwritten classes for two unions of
 * the published document. This package uses the client and the generated code. Only {@code bulk}
 * and the generated models use it.
 */
@NullMarked
package io.github.tokenfactory.embeddings;

import org.jspecify.annotations.NullMarked;
