/** Lines to instructions: directives, comments, continuation lines, heredocs, flags. */
@NullMarked
package dev.firebuild.dockerfile.text;

import org.jspecify.annotations.NullMarked;
