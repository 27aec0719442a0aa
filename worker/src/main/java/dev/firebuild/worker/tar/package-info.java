/**
 * Tar archives as firebuild reads and writes them: a strict reader with bounded memory that never
 * unpacks anything, and a writer whose archives busybox understands. Uses nothing of firebuild.
 */
@NullMarked
package dev.firebuild.worker.tar;

import org.jspecify.annotations.NullMarked;
