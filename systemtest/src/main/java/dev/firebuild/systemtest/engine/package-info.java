/** The build engine in this process, with real VMs and without Kafka: for tests that build. */
@NullMarked
package dev.firebuild.systemtest.engine;

import org.jspecify.annotations.NullMarked;
