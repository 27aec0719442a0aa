/**
 * Where builds get their files from: uploaded blobs, and contexts that are indexed and never
 * unpacked. Uses {@code tar}, {@code host} and {@code messaging.http}; boots nothing.
 */
@NullMarked
package dev.firebuild.worker.source;

import org.jspecify.annotations.NullMarked;
