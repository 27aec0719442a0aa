package dev.firebuild.cli.node;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.doctor.Checkup;
import dev.firebuild.worker.doctor.Result;
import dev.firebuild.worker.doctor.Subject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild doctor}. */
@Command(
    name = "doctor",
    description =
        "Check this host: what firebuild needs, and what is recommended for hosts of untrusted"
            + " guests. Changes nothing. Exit code 1 if a check fails.")
final class DoctorCommand extends NodeCommand {
  /** How the results are shown. */
  enum Format {
    text,
    /** One object per line. */
    json
  }

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}: one object per line (default: ${DEFAULT-VALUE}).")
  private Format format = Format.text;

  @Mixin private NodePorts ports = new NodePorts();

  @Option(
      names = "--binary-firecracker",
      paramLabel = "FILE",
      defaultValue = Subject.Firecracker.PROGRAM,
      description = "Firecracker, if it is not on the PATH.")
  private String firecracker = Subject.Firecracker.PROGRAM;

  @Option(
      names = "--binary-jailer",
      paramLabel = "FILE",
      defaultValue = Subject.Firecracker.JAILER,
      description = "Firecracker's jailer, if it is not on the PATH.")
  private String jailer = Subject.Firecracker.JAILER;

  @Option(
      names = "--chroot-base",
      paramLabel = "DIR",
      defaultValue = Subject.Firecracker.JAILS,
      description = "Where the jailer makes its jails (default: ${DEFAULT-VALUE}).")
  private Path chrootBase = Path.of(Subject.Firecracker.JAILS);

  @Mixin private CniFolders cni = new CniFolders();

  DoctorCommand(Host host) {
    super(host);
  }

  @Override
  public Integer call() {
    NodeFiles files = files();
    Subject subject =
        new Subject(
            files.data(),
            files.worker(),
            ports.http().port(),
            ports.kafkaPort(),
            new Subject.Firecracker(firecracker, jailer, chrootBase),
            cni.configurations(),
            cni.plugins());
    List<Result> results = Checkup.ofThisHost(subject, host().environment());
    DoctorReport report = new DoctorReport(results);
    PrintWriter out = out();
    switch (format) {
      case text -> report.lines().forEach(out::println);
      case json -> results.forEach(result -> out.println(Json.text(result)));
    }
    out.flush();
    return report.fails() ? 1 : 0;
  }
}
