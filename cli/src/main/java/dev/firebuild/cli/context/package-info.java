/**
 * Packs a directory into the tar that a build takes as its context. Uses {@code dockerfile} for the
 * ignore rules and {@code worker.tar}; knows nothing of commands and HTTP.
 */
@NullMarked
package dev.firebuild.cli.context;

import org.jspecify.annotations.NullMarked;
