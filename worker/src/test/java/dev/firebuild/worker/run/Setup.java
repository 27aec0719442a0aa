package dev.firebuild.worker.run;

import dev.firebuild.worker.vm.MachineSettings;

/** A VM, and what it is made of on a host: a VMM and a network. */
enum Setup {
  /** A run, with QEMU and slirp4netns. */
  RUN_QEMU_USER(MachineSettings.DEFAULT, Work.RUN),

  /** A VM of a build without network, with QEMU. */
  BUILD_QEMU_NONE(MachineSettings.DEFAULT, Work.BUILD);

  /** What the VM is there for. */
  enum Work {
    RUN,
    BUILD
  }

  private final MachineSettings settings;
  private final Work work;

  Setup(MachineSettings settings, Work work) {
    this.settings = settings;
    this.work = work;
  }

  MachineSettings settings() {
    return settings;
  }

  Work work() {
    return work;
  }
}
