/** The recorded cases of BuildKit, as far as the front end decides about them. */
@NullMarked
package dev.firebuild.dockerfile.conformance;

import org.jspecify.annotations.NullMarked;
