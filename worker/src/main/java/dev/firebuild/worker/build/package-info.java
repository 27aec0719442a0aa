/**
 * Builds images: plans, finds known steps in the cache, executes the others in VMs, publishes; also
 * imports root file systems and kernels, and exports images. One class per kind of step, and {@link
 * dev.firebuild.worker.build.StageBuild} that orders them. Uses {@code source}, {@code image},
 * {@code vm}, {@code guest}, {@code tar} and the interfaces of {@code queue}.
 */
@NullMarked
package dev.firebuild.worker.build;

import org.jspecify.annotations.NullMarked;
