package dev.firebuild.worker.http;

import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.image.ImageStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the HTTP port shows.
 *
 * @param console the console file of a VM that the worker holds, by the VM's id
 */
public record WorkerParts(
    ImageStore images,
    ImageExport export,
    Kernels kernels,
    Function<String, Optional<Path>> console,
    Supplier<WorkerHealth> health) {}
