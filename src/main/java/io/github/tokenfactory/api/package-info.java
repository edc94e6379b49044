/**
 * The bound operations of the API as a Retrofit service. {@link
 * io.github.tokenfactory.TokenFactoryClient} calls it with validation, retries and limits; you can
 * also use it with a Retrofit of your own.
 *
 * <p>The interface is generated from the OpenAPI document on each build; only this comment is
 * handwritten.
 */
package io.github.tokenfactory.api;
