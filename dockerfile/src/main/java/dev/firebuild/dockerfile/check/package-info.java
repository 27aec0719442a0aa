/**
 * Build checks: what is allowed and still not advisable. Uses the parsed file; the planner adds
 * what only shows when variables are expanded.
 */
@NullMarked
package dev.firebuild.dockerfile.check;

import org.jspecify.annotations.NullMarked;
