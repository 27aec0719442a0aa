/**
 * The host: external programs, paths on disk, sparse files, control groups. Uses nothing else of
 * the worker.
 */
@NullMarked
package dev.firebuild.worker.host;

import org.jspecify.annotations.NullMarked;
