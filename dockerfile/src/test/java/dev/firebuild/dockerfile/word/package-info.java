/** Tests of the package of the same name. */
@NullMarked
package dev.firebuild.dockerfile.word;

import org.jspecify.annotations.NullMarked;
