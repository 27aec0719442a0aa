/** Tests of the package of the same name. */
@NullMarked
package dev.firebuild.dockerfile.check;

import org.jspecify.annotations.NullMarked;
