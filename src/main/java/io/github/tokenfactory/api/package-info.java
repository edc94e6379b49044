/**
 * The bound operations of the API as a Retrofit service, for a Retrofit of one's own; {@link
 * io.github.tokenfactory.TokenFactoryClient} is the client that adds checks, retries and limits to
 * it.
 *
 * <p>The interface is generated from the OpenAPI document on each build; this comment alone is
 * handwritten.
 */
package io.github.tokenfactory.api;
