package dev.firebuild.worker.build;

import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.Lookups;
import dev.firebuild.worker.source.Blobs;
import dev.firebuild.worker.vm.Machines;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What builds work with; all of it is shared by the builds of a worker.
 *
 * @param machines with {@link BuildEngine#scripts} in their initramfs
 * @param lookups what references mean
 * @param random draws ids
 * @param clock for durations that people read
 */
public record BuildParts(
    BuildSettings settings,
    Machines machines,
    KernelStore kernels,
    Ext4 ext4,
    ImageStore images,
    StepCache cache,
    Blobs blobs,
    Lookups lookups,
    RandomGenerator random,
    InstantSource clock) {}
