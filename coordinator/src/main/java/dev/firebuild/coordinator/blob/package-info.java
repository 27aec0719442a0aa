/** Uploaded contexts, root file systems and kernels, by digest. Uses protocol. */
@NullMarked
package dev.firebuild.coordinator.blob;

import org.jspecify.annotations.NullMarked;
