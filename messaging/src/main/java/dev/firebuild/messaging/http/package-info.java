/**
 * Bounds on how long either end of an HTTP connection waits for the other. Uses nothing of
 * firebuild.
 */
@NullMarked
package dev.firebuild.messaging.http;

import org.jspecify.annotations.NullMarked;
