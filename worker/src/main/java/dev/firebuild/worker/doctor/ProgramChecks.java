package dev.firebuild.worker.doctor;

import java.util.List;
import java.util.stream.Stream;

/** Programs that a worker runs, or gives to its guests. */
final class ProgramChecks {
  private static final String GUEST = "the guest's own programs";

  private ProgramChecks() {}

  static List<Check> all() {
    return Stream.concat(programs(), versions()).toList();
  }

  private static Stream<Check> programs() {
    return Stream.of(
        program("qemu-system-x86_64", "qemu-system-x86", "VMs", "qemu"),
        program("setpriv", "util-linux", "VMMs without privileges"),
        program("setsid", "util-linux", "VMs that outlive their worker"),
        program("nsenter", "util-linux", "VMMs in their network namespace"),
        program("unshare", "util-linux", "network namespaces of VMs"),
        program("fsfreeze", "util-linux", GUEST),
        program("ip", "iproute2", "devices of VMs"),
        program("nft", "nftables", "filters of VMs"),
        program("slirp4netns", "slirp4netns", "networks of VMs"),
        program("mke2fs", "e2fsprogs", "disks of VMs"),
        program("busybox", "busybox-static", GUEST),
        program("dropbear", "dropbear-bin", GUEST),
        program("tar", "tar", GUEST),
        program("ldd", "libc-bin", "the libraries of " + GUEST));
  }

  private static Check program(String name, String packageName, String need) {
    return program(name, packageName, need, name);
  }

  private static Check program(String name, String packageName, String need, String id) {
    return new Check(
        "program-" + id,
        Group.PROGRAMS,
        "%s is there for %s".formatted(name, need),
        Source.FIREBUILD,
        new Program(name, packageName, need, Status.FAIL));
  }

  private static Stream<Check> versions() {
    return Stream.of(
        version("qemu-version", "qemu-system-x86_64", "--version", "7.2"),
        version("slirp4netns-version", "slirp4netns", "--version", "1.2"),
        version("nft-version", "nft", "--version", "1.0"),
        version("mke2fs-version", "mke2fs", "-V", "1.43"));
  }

  private static Check version(String id, String name, String flag, String least) {
    return new Check(
        id,
        Group.PROGRAMS,
        "%s is %s or later".formatted(name, least),
        Source.FIREBUILD,
        new ProgramVersion(name, flag, least));
  }
}
