/** Tests of the package of the same name. */
@NullMarked
package dev.firebuild.dockerfile.text;

import org.jspecify.annotations.NullMarked;
