/**
 * The objects, enumerations and unions of the API's requests and responses.
 *
 * <p>All classes are generated from the OpenAPI document on each build; only this comment is
 * handwritten. They are immutable and equal by value, and objects have a builder. They keep what
 * the document does not know: unknown members, and unknown values of enumerations.
 *
 * <p>The getter of a required property is both {@code @Nullable} and {@code @NotNull}.
 * {@code @Nullable} is true in Java: the getter returns null if the property is not set, which is
 * possible in any builder and any response. {@code @NotNull} is the API's constraint: the client
 * sends no request without the property.
 */
package io.github.tokenfactory.model;
