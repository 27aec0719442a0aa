package dev.firebuild.worker.doctor;

import java.nio.file.Path;
import java.util.List;

/** What is looked at in tests. */
final class TestSubject {
  private TestSubject() {}

  static List<Check> checks() {
    return checks("/var/lib/firebuild");
  }

  static List<Check> checks(String data) {
    return Catalog.of(subject(data));
  }

  static Subject ofThisHost() {
    return subject("/tmp/firebuild");
  }

  private static Subject subject(String data) {
    return new Subject(
        Path.of(data),
        Path.of(data, "worker"),
        7080,
        9092,
        new Subject.Firecracker("firecracker", "jailer", Path.of("/srv/jailer")),
        Path.of("/etc/cni/net.d"),
        Path.of("/opt/cni/bin"));
  }
}
