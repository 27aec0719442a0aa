/** Words of an instruction: quotes, escapes and variables. */
@NullMarked
package dev.firebuild.dockerfile.word;

import org.jspecify.annotations.NullMarked;
