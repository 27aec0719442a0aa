package dev.firebuild.worker.run;

import dev.firebuild.worker.vm.MachineSettings;

/** A VM, and what it is made of on a host: a VMM and a network. */
enum Setup {
  /** A run, with QEMU and slirp4netns. */
  RUN_QEMU_USER,

  /** A VM of a build without network, with QEMU. */
  BUILD_QEMU_NONE;

  /** What the VM is there for. */
  enum Work {
    RUN,
    BUILD
  }

  MachineSettings settings() {
    return switch (this) {
      case RUN_QEMU_USER, BUILD_QEMU_NONE -> MachineSettings.DEFAULT;
    };
  }

  Work work() {
    return switch (this) {
      case RUN_QEMU_USER -> Work.RUN;
      case BUILD_QEMU_NONE -> Work.BUILD;
    };
  }
}
