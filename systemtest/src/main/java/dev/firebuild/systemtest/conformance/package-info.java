/** Runs the recorded Dockerfile cases through the build engine and compares what comes out. */
@NullMarked
package dev.firebuild.systemtest.conformance;

import org.jspecify.annotations.NullMarked;
