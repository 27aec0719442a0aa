/**
 * The store of images: layers and manifests by digest, pins, and the garbage collection that
 * respects them. Never opens a file system that a guest wrote, beyond two fields of its superblock.
 * Uses {@code host}; boots nothing.
 */
@NullMarked
package dev.firebuild.worker.image;

import org.jspecify.annotations.NullMarked;
