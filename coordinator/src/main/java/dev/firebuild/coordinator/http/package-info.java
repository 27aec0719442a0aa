/**
 * The HTTP API: routes, early checks, problem documents, streams. A request runs on a virtual
 * thread of its own, in plain blocking code. Uses protocol, dockerfile, view, feed, blob, submit.
 */
@NullMarked
package dev.firebuild.coordinator.http;

import org.jspecify.annotations.NullMarked;
