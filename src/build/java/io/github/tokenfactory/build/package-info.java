/**
 * Programs that only the build runs: they pull the published document, prepare the generator's
 * input, and write the metadata for native images. They are in no jar.
 *
 * <p>They use the drift check's packages, and look at the client's compiled classes by reflection
 * only.
 */
@NullMarked
package io.github.tokenfactory.build;

import org.jspecify.annotations.NullMarked;
