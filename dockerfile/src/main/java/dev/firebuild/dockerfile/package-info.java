/**
 * The Dockerfile language, from text to build plan; no I/O, uses nothing of firebuild.
 *
 * <p>The layers, each of which only uses those before it: this package (what all of them speak of:
 * locations, errors, the image configuration) → {@code word} (variables and quotes) → {@code text}
 * (lines to instructions) → {@code instruction} (typed instructions) → {@code stage} (the parsed
 * file) → {@code plan} (what is to be done). Beside them {@code pattern}: {@code .dockerignore} and
 * wildcards.
 *
 * <p>What BuildKit 0.34 makes of a Dockerfile is the reference; the recorded cases in {@code
 * systemtest/dockerfile-cases} say what that is.
 */
@NullMarked
package dev.firebuild.dockerfile;

import org.jspecify.annotations.NullMarked;
