/** The parsed file: global arguments and stages. */
@NullMarked
package dev.firebuild.dockerfile.stage;

import org.jspecify.annotations.NullMarked;
