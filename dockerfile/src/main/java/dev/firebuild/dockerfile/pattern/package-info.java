/** Names that are chosen by patterns: {@code .dockerignore} and the wildcards of COPY. */
@NullMarked
package dev.firebuild.dockerfile.pattern;

import org.jspecify.annotations.NullMarked;
