/** Tests of the package of the same name. */
@NullMarked
package dev.firebuild.dockerfile.pattern;

import org.jspecify.annotations.NullMarked;
