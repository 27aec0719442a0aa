@NullMarked
package dev.firebuild.worker.queue;

import org.jspecify.annotations.NullMarked;
