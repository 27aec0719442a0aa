/** The worker of one host. Uses {@code protocol}, {@code dockerfile}, {@code messaging}. */
@NullMarked
package dev.firebuild.worker;

import org.jspecify.annotations.NullMarked;
