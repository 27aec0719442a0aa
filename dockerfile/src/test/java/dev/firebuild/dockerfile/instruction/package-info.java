/** Tests of the package of the same name. */
@NullMarked
package dev.firebuild.dockerfile.instruction;

import org.jspecify.annotations.NullMarked;
