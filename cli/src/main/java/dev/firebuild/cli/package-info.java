/** The {@code firebuild} command, the all-in-one node and the distribution. Uses all modules. */
@NullMarked
package dev.firebuild.cli;

import org.jspecify.annotations.NullMarked;
