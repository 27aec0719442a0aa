package dev.firebuild.protocol.decision;

import dev.firebuild.protocol.document.KernelDocument;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which kernel a name means, and which one a VM boots that names none. */
public final class KernelChoice {
  /** Stands for the default kernel wherever a kernel is named. */
  public static final String DEFAULT = "default";

  private static final Comparator<KernelDocument> LATEST =
      Comparator.comparing(KernelDocument::publishedAt).thenComparing(KernelDocument::name);

  private KernelChoice() {}

  /** The kernel that {@code name} means among {@code kernels}. */
  public static Optional<KernelDocument> find(String name, Collection<KernelDocument> kernels) {
    Optional<KernelDocument> named =
        kernels.stream().filter(kernel -> kernel.name().equals(name)).findFirst();
    return named.isPresent() || !name.equals(DEFAULT) ? named : kernels.stream().max(LATEST);
  }

  /**
   * The default among {@code kernels}: the one with the name {@value #DEFAULT}, else the one that
   * was imported last.
   */
  public static Optional<KernelDocument> byDefault(Collection<KernelDocument> kernels) {
    return find(DEFAULT, kernels);
  }
}
