package dev.firebuild.worker.run;

import dev.firebuild.worker.vm.MachineSettings;

/** What machines are made of on a host: a VMM and a network. */
enum Setup {
  /** QEMU, and slirp4netns. */
  QEMU_USER(MachineSettings.DEFAULT);

  private final MachineSettings settings;

  Setup(MachineSettings settings) {
    this.settings = settings;
  }

  MachineSettings settings() {
    return settings;
  }
}
