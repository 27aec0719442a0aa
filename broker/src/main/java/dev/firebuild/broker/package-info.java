/** The embedded single-node Kafka, as a class and as a child process. Uses nothing of firebuild. */
@NullMarked
package dev.firebuild.broker;

import org.jspecify.annotations.NullMarked;
