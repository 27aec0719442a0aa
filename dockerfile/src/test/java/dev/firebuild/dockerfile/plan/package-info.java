/** Tests of the package of the same name. */
@NullMarked
package dev.firebuild.dockerfile.plan;

import org.jspecify.annotations.NullMarked;
