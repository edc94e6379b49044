/**
 * The objects, enumerations and unions of the API's requests and answers: start at {@link
 * io.github.tokenfactory.model.EmbeddingRequest}.
 *
 * <p>All classes are generated from the OpenAPI document on each build; this comment alone is
 * handwritten. They are immutable and equal by value, objects have a builder, and what the document
 * does not know is kept: unknown members, and unknown values of enumerations.
 */
package io.github.tokenfactory.model;
