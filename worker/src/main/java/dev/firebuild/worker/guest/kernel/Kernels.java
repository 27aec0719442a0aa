package dev.firebuild.worker.guest.kernel;

import dev.firebuild.protocol.decision.KernelChoice;
import dev.firebuild.protocol.document.KernelDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The kernels that VMs may boot: those that documents name, as far as this host has them. A kernel
 * that was removed is none of them, whatever still lies in the store.
 */
public final class Kernels {
  private final KernelStore store;
  private final Supplier<? extends Collection<KernelDocument>> documents;

  /**
   * @param documents what kernel names mean now
   */
  public Kernels(KernelStore store, Supplier<? extends Collection<KernelDocument>> documents) {
    this.store = store;
    this.documents = documents;
  }

  /**
   * The kernel {@code name}. {@link KernelChoice#DEFAULT} is the default one of those that this
   * host has.
   */
  public Optional<Kernel> find(String name) throws IOException {
    List<KernelDocument> here = new ArrayList<>();
    for (KernelDocument document : documents.get()) {
      if (store.find(document.name(), document.digest()).isPresent()) {
        here.add(document);
      }
    }
    Optional<KernelDocument> chosen = KernelChoice.find(name, here);
    return chosen.isPresent()
        ? store.find(chosen.get().name(), chosen.get().digest())
        : Optional.empty();
  }

  /** What to tell who asked for {@code name} when {@link #find} has found nothing. */
  public String absence(String name) {
    return KernelChoice.find(name, documents.get())
        .map(elsewhere ->
            "this host does not have the kernel %s, it was imported on the worker %s; import it here, or let workers share a folder of images"
                .formatted(elsewhere.name(), elsewhere.worker()))
        .orElseGet(() ->
            name.equals(KernelChoice.DEFAULT)
                ? "there is no kernel; import one with `firebuild kernel import`"
                : "there is no kernel %s; `firebuild kernel ls` lists those there are, `firebuild kernel import` brings one"
                    .formatted(name));
  }
}
