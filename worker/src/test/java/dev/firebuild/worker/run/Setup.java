package dev.firebuild.worker.run;

import dev.firebuild.worker.vm.MachineSettings;

/** A VM, and what it is made of on a host: a VMM and a network. */
enum Setup {
  /** A run, with QEMU and slirp4netns. */
  RUN_QEMU_USER(Work.RUN),

  /** A VM of a build without network, with QEMU. */
  BUILD_QEMU_NONE(Work.BUILD);

  /** What the VM is there for. */
  enum Work {
    RUN,
    BUILD
  }

  private final Work work;

  Setup(Work work) {
    this.work = work;
  }

  MachineSettings settings() {
    return switch (this) {
      case RUN_QEMU_USER, BUILD_QEMU_NONE -> MachineSettings.DEFAULT;
    };
  }

  Work work() {
    return work;
  }
}
