package dev.firebuild.worker.vm;

import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.guest.ConfigDrive;
import dev.firebuild.worker.guest.ConfigDrive.GuestNetwork;
import dev.firebuild.worker.guest.ConfigDrive.GuestRoute;
import dev.firebuild.worker.guest.GuestKeys;
import dev.firebuild.worker.guest.Program;
import dev.firebuild.worker.host.Cgroup;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.network.GuestLink;
import dev.firebuild.worker.network.Network;
import dev.firebuild.worker.network.Network.Wish;
import dev.firebuild.worker.vmm.Drive;
import dev.firebuild.worker.vmm.Nic;
import dev.firebuild.worker.vmm.Vmm;
import dev.firebuild.worker.vmm.VmmExit;
import dev.firebuild.worker.vmm.VmmProcess;
import dev.firebuild.worker.vmm.VmmSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One machine on its way to being ready. */
final class MachineStart {
  private static final Logger LOG = LoggerFactory.getLogger(MachineStart.class);

  /**
   * Beside the guest's memory: QEMU's cache of translated code (128 MiB at most), QEMU's own memory
   * and slirp4netns's (some dozen MiB each), and room for the host's cache of the drives, which
   * counts too.
   */
  private static final long MEMORY_OVERHEAD_MIB = 512;

  /** QEMU has up to 64 threads for its drives; slirp4netns and the namespace's holder are few. */
  private static final int TASKS = 128;

  private final Processes processes;
  private final Journal journal;
  private final MachineSettings settings;
  private final Vmm vmm;
  private final MachineSpec spec;
  private final Network network;
  private final GuestMonitor monitor = new GuestMonitor();
  private MachineRecord machine;
  private Optional<GuestConnection> early = Optional.empty();

  MachineStart(
      Processes processes, Journal journal, MachineSettings settings, Vmm vmm, MachineSpec spec) {
    this.processes = processes;
    this.journal = journal;
    this.settings = settings;
    this.vmm = vmm;
    this.spec = spec;
    network = settings.network(spec.network(), processes);
    machine = MachineRecord.of(spec, vmm.name());
  }

  Machine start(Path kernel, Path firstRoot) throws IOException {
    MachineLayout files = journal.open(spec.id());
    try {
      journal.begin(machine);
      GuestKeys keys = GuestKeys.generate();
      keys.write(files.keys());
      Attachment attachment =
          network.attach(spec.id(), files, new Wish(spec.ports(), spec.address()));
      record(machine.withAttachment(attachment));
      configDrive(keys, attachment.link()).write(files.config());
      VmmProcess process = vmm.create(vmmSpec(files, kernel, firstRoot, attachment), monitor);
      record(machine.withVmm(process.identity()));
      confine(attachment, process.identity());
      GuestConnection connection = new GuestConnection(processes, spec.id(), attachment, keys);
      early = Optional.of(connection);
      connectEarly(connection);
      process.boot();
      awaitReady(process, files);
      record(machine.withReady());
      LOG.atInfo()
          .addKeyValue("machine", spec.id())
          .addKeyValue("vmm", vmm.name())
          .addKeyValue("pid", process.identity().pid())
          .log("VM ready");
      NetworkWatch watch = new NetworkWatch(network, files, journal, machine);
      return new Machine(watch, files, process, monitor, connection, journal);
    } catch (IOException | RuntimeException e) {
      giveBack();
      throw e;
    }
  }

  /** A thread that is interrupted can't read files: it would leave much of the machine. */
  private void giveBack() {
    boolean interrupted = Thread.interrupted();
    try {
      early.ifPresent(GuestConnection::refuse);
      Holdings.release(spec.id(), Optional.of(machine), Optional.of(network), journal);
      early.ifPresent(GuestConnection::close);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void record(MachineRecord changed) throws IOException {
    machine = changed;
    journal.write(machine);
  }

  private ConfigDrive configDrive(GuestKeys keys, GuestLink link) {
    Optional<Program> program = Optional.empty();
    Optional<ConfigDrive.SshUser> sshUser = Optional.empty();
    switch (spec.workload()) {
      case Workload.Build() -> {}
      case Workload.Run run -> {
        program = Optional.of(run.program());
        sshUser = run.sshUser().map(name -> new ConfigDrive.SshUser(name, run.authorizedKeys()));
      }
    }
    GuestNetwork network =
        new GuestNetwork(
            link.cidr(),
            link.secondAddress(),
            link.gateway(),
            link.routes().stream()
                .map(route -> new GuestRoute(route.destination(), route.gateway()))
                .toList(),
            link.names().resolvConf());
    return new ConfigDrive(
        spec.hostname(),
        spec.lowers().size(),
        spec.inputs().size(),
        Optional.of(network),
        keys,
        program,
        sshUser,
        spec.configFiles());
  }

  private VmmSpec vmmSpec(MachineLayout files, Path kernel, Path firstRoot, Attachment attachment) {
    List<Drive> drives = new ArrayList<>();
    drives.add(new Drive(files.config(), false));
    drives.add(new Drive(spec.upper().toAbsolutePath(), true));
    spec.lowers().forEach(file -> drives.add(new Drive(file.toAbsolutePath(), false)));
    spec.inputs().forEach(file -> drives.add(new Drive(file.toAbsolutePath(), false)));
    return new VmmSpec(
        spec.id(),
        files,
        attachment.launcher(),
        spec.cpus(),
        spec.memMib(),
        kernel,
        firstRoot,
        drives,
        Optional.of(new Nic(Attachment.TAP, attachment.link().mac(), attachment.link().mtu())));
  }

  /** As far as this user may: root. The guest has touched none of its memory yet. */
  private void confine(Attachment attachment, ProcessIdentity process) throws IOException {
    Cgroup group = Cgroup.of(spec.id());
    long memory = (spec.memMib() + MEMORY_OVERHEAD_MIB) << 20;
    group.create(new Cgroup.Limits(memory, TASKS + spec.cpus(), spec.cpus()));
    group.add(process);
    group.add(attachment.holder());
    if (attachment.world().isPresent()) {
      group.add(attachment.world().get());
    }
  }

  /** While the guest mounts its disks. */
  private void connectEarly(GuestConnection connection) {
    var _ =
        monitor
            .listening()
            .thenRunAsync(
                () -> {
                  try {
                    connection.session();
                  } catch (IOException e) {
                    LOG.atDebug().addKeyValue("machine", spec.id()).setCause(e).log("No SSH yet");
                  }
                },
                Thread::startVirtualThread);
  }

  private void awaitReady(VmmProcess process, MachineLayout files) throws IOException {
    try {
      CompletableFuture.anyOf(monitor.ready(), monitor.driveless(), process.exit())
          .get(settings.bootTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new MachineException(
          FailureCode.VMM,
          "cannot start instance %s: its guest was not ready after %d s; console: %s"
              .formatted(
                  spec.id(), settings.bootTimeout().toSeconds(), ConsoleTail.of(files.console())),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while instance %s started".formatted(spec.id()), e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    if (monitor.driveless().isDone()) {
      throw new MachineException(
          FailureCode.VMM,
          "cannot start instance %s: the kernel %s finds no drive; it needs virtio_pci and virtio_blk, as parts of it or as modules imported with it; choose another with --kernel"
              .formatted(spec.id(), spec.kernel()));
    }
    if (process.exit().isDone()) {
      VmmExit exit = process.exit().join();
      throw new MachineException(
          exit.reason() == VmmExit.Reason.DIED ? FailureCode.VMM : FailureCode.GUEST_PANIC,
          "cannot start instance %s: %s; console: %s"
              .formatted(
                  spec.id(),
                  monitor.fault().orElse(exit.detail()),
                  ConsoleTail.of(files.console())));
    }
  }
}
