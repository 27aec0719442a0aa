/** What the tests of several packages use. */
@NullMarked
package dev.firebuild.dockerfile;

import org.jspecify.annotations.NullMarked;
