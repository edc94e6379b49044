/**
 * The embeddings operation; start with {@code EmbeddingsService}. {@code EmbeddingInput} and {@code
 * EmbeddingVector} are handwritten classes for two unions of the published document. Uses the
 * client and the generated code; only {@code bulk} and the generated models use this package.
 */
@NullMarked
package io.github.tokenfactory.embeddings;

import org.jspecify.annotations.NullMarked;
