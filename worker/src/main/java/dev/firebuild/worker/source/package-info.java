/**
 * Where builds get their files from: uploaded blobs, and contexts that are indexed and never
 * unpacked. Uses {@code tar} and {@code host}; boots nothing.
 */
@NullMarked
package dev.firebuild.worker.source;

import org.jspecify.annotations.NullMarked;
