/**
 * What ties the worker to the queue: slots that take requests and claim them, the documents that
 * grant, heartbeats, wishes; and the interfaces that the build engine and the VM engine implement.
 * Uses {@code protocol} and {@code messaging}; knows no engine.
 */
@NullMarked
package dev.firebuild.worker.queue;

import org.jspecify.annotations.NullMarked;
