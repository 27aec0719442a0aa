package dev.firebuild.protocol.resource;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.document.KernelDocument;
import java.time.Instant;

/**
 * A kernel as {@code /v1/kernels} shows it.
 *
 * @param byDefault whether VMs boot it that name no kernel
 */
public record KernelResource(
    String name,
    Digest digest,
    String build,
    String worker,
    Instant publishedAt,
    boolean byDefault) {

  /** What {@code document} says. */
  public static KernelResource of(KernelDocument document, boolean byDefault) {
    return new KernelResource(
        document.name(),
        document.digest(),
        document.build(),
        document.worker(),
        document.publishedAt(),
        byDefault);
  }
}
