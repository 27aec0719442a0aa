package dev.firebuild.worker.doctor;

import java.util.Locale;

/** The document that a check comes from. */
enum Source {
  PRODUCTION(
      "https://github.com/firecracker-microvm/firecracker/blob/main/docs/prod-host-setup.md"),
  JAILER("https://github.com/firecracker-microvm/firecracker/blob/main/docs/jailer.md"),
  SNAPSHOTS(
      "https://github.com/firecracker-microvm/firecracker/blob/main/docs/snapshotting/snapshot-support.md"),
  PAGE_FAULTS(
      "https://github.com/firecracker-microvm/firecracker/blob/main/docs/snapshotting/handling-page-faults-on-snapshot-resume.md"),
  CLONES(
      "https://github.com/firecracker-microvm/firecracker/blob/main/docs/snapshotting/random-for-clones.md"),
  KERNEL_POLICY(
      "https://github.com/firecracker-microvm/firecracker/blob/main/docs/kernel-policy.md"),
  GETTING_STARTED(
      "https://github.com/firecracker-microvm/firecracker/blob/main/docs/getting-started.md"),
  NETWORK("https://github.com/firecracker-microvm/firecracker/blob/main/docs/network-setup.md"),
  HUGE_PAGES("https://github.com/firecracker-microvm/firecracker/blob/main/docs/hugepages.md"),
  FAQ("https://github.com/firecracker-microvm/firecracker/blob/main/FAQ.md"),
  KERNEL_VULNERABILITIES("https://docs.kernel.org/admin-guide/hw-vuln/index.html"),
  FIREBUILD("docs/hosts.md");

  private final String address;

  Source(String address) {
    this.address = address;
  }

  /** As docs/hosts.md names it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  String address() {
    return address;
  }
}
