package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.worker.host.DetachedProcess;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.ProcessTable;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.VmUser;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.vmm.Vmm;
import dev.firebuild.worker.vmm.VmmProcess;
import dev.firebuild.worker.vmm.VmmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The QEMU driver. */
public final class Qemu implements Vmm {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration ENDING = Duration.ofSeconds(1);
  private static final int SOCKET_PATH_LIMIT = 107;

  private final Processes processes;
  private final boolean kvm;

  /**
   * @param kvm whether the processor executes the guests; see {@link KvmProbe}
   */
  public Qemu(Processes processes, boolean kvm) {
    this.processes = processes;
    this.kvm = kvm;
  }

  @Override
  public String name() {
    return kvm ? "qemu-kvm" : "qemu-tcg";
  }

  @Override
  public VmmProcess create(VmmSpec spec, Consumer<String> console) throws IOException {
    requireShort(spec.files().serial());
    List<String> argv = new ArrayList<>(spec.launcher());
    argv.addAll(QemuArguments.of(spec, kvm, VmUser.of(spec.id())));
    DetachedProcess process =
        processes.startDetached(argv, ProcessTable.mark(spec.id()), spec.files().vmmLog());
    try {
      boolean listens = Waiting.until(START, () -> listens(spec.files()) || !process.isAlive());
      if (!listens || !process.isAlive()) {
        throw process.failure("QEMU did not start");
      }
      return connect(spec, process, console);
    } catch (IOException e) {
      process.identity().kill();
      throw e;
    }
  }

  /** What QEMU refuses after it has opened its sockets only its log tells. */
  private static VmmProcess connect(VmmSpec spec, DetachedProcess process, Consumer<String> console)
      throws IOException {
    try {
      return QemuProcess.connect(spec.files(), process.identity(), console);
    } catch (IOException e) {
      if (Waiting.until(ENDING, () -> !process.isAlive())) {
        throw process.failure("QEMU did not start");
      }
      throw e;
    }
  }

  @Override
  public VmmProcess attach(MachineLayout files, ProcessIdentity identity, Consumer<String> console)
      throws IOException {
    return QemuProcess.connect(files, identity, console);
  }

  private static boolean listens(MachineLayout files) {
    return Files.exists(files.qmp()) && Files.exists(files.serial());
  }

  private static void requireShort(Path socket) throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SOCKET_PATH_LIMIT) {
      throw new IOException(
          "the path of a machine's socket is %d bytes long, the kernel's limit is %d; choose a data directory with a shorter path than %s"
              .formatted(length, SOCKET_PATH_LIMIT, socket.getParent()));
    }
  }
}
