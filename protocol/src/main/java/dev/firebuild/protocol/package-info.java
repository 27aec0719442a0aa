/**
 * What crosses a process boundary: requests, commands, events, documents, ids, references, topic
 * names and their JSON, and the pure decisions on them. No I/O, no clock, no randomness: ids and
 * times are arguments. Uses nothing of firebuild.
 */
@NullMarked
package dev.firebuild.protocol;

import org.jspecify.annotations.NullMarked;
