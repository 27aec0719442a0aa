/** The HTTP API of coordinators that are processes of their own, seen from outside. */
@NullMarked
package dev.firebuild.systemtest.http;

import org.jspecify.annotations.NullMarked;
