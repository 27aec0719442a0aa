/**
 * What is to be done to build a target: stages, steps with everything expanded and resolved, and
 * the configuration of the resulting image.
 */
@NullMarked
package dev.firebuild.dockerfile.plan;

import org.jspecify.annotations.NullMarked;
