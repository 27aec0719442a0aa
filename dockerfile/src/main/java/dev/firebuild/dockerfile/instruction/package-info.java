/** Typed instructions and how each is read from its text. */
@NullMarked
package dev.firebuild.dockerfile.instruction;

import org.jspecify.annotations.NullMarked;
