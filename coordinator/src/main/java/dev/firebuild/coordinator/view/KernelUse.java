package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.decision.KernelChoice;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.request.Source;
import java.util.Optional;
import java.util.stream.Stream;

/** Who needs which kernel, by what {@code views} show. */
public record KernelUse(Views views) {
  /** Something that has not ended and boots {@code kernel}, or will: as people name it. */
  public Optional<String> userOf(KernelDocument kernel) {
    return Stream.concat(
            views.vms().stream()
                .filter(vm -> !vm.phase().isSettled())
                .filter(vm -> boots(vm.request().kernel(), kernel))
                .map(vm -> "the VM " + vm.id()),
            views.builds().stream()
                .filter(build -> !build.phase().isSettled())
                .filter(build -> !(build.request().source() instanceof Source.Kernel))
                .filter(build -> boots(build.request().kernel(), kernel))
                .map(build -> "the build " + build.id()))
        .findFirst();
  }

  private boolean boots(Optional<String> asked, KernelDocument kernel) {
    return KernelChoice.find(asked.orElse(KernelChoice.DEFAULT), views.documents().kernels())
        .filter(chosen -> chosen.name().equals(kernel.name()))
        .isPresent();
  }
}
