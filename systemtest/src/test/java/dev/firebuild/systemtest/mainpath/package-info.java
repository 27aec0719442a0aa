/**
 * The main path, from a Dockerfile to a running VM, as its users take it: the built command, HTTP,
 * kcat, signals.
 */
@NullMarked
package dev.firebuild.systemtest.mainpath;

import org.jspecify.annotations.NullMarked;
