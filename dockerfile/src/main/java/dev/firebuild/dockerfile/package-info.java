/**
 * Dockerfile text to build plan: text → instructions → typed instructions → stages → plan; word
 * expansion; {@code .dockerignore}. No I/O. Uses nothing of firebuild.
 */
@NullMarked
package dev.firebuild.dockerfile;

import org.jspecify.annotations.NullMarked;
