/** The life of a request on a real broker, with engines that only wait. */
@NullMarked
package dev.firebuild.systemtest.queue;

import org.jspecify.annotations.NullMarked;
