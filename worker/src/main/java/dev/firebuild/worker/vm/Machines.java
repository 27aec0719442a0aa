package dev.firebuild.worker.vm;

import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.guest.GuestKeys;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.Initramfs;
import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.guest.kernel.Kernels;
import dev.firebuild.worker.host.HostFailure;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Processes;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.network.Attachment;
import dev.firebuild.worker.vmm.Vmm;
import dev.firebuild.worker.vmm.VmmProcess;
import dev.firebuild.worker.vmm.qemu.KvmProbe;
import dev.firebuild.worker.vmm.qemu.Qemu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The VMs of one worker. */
public final class Machines {
  private static final Logger LOG = LoggerFactory.getLogger(Machines.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Processes processes;
  private final HostLayout layout;
  private final Kernels kernels;
  private final Initramfs initramfs;
  private final MachineSettings settings;
  private final Journal journal;
  private final Object probing = new Object();

  /**
   * @param processes runs the programs of this host
   * @param layout where machines and caches lie
   * @param kernels what can be booted
   * @param scripts what the initramfs carries beside the scripts of every guest
   * @param settings how machines are made on this host
   */
  public Machines(
      Processes processes,
      HostLayout layout,
      Kernels kernels,
      GuestScripts scripts,
      MachineSettings settings) {
    this.processes = processes;
    this.layout = layout;
    this.kernels = kernels;
    this.settings = settings;
    initramfs = new Initramfs(processes, layout.cache(), scripts);
    journal = new Journal(layout);
  }

  /**
   * Starts a VM and waits until its guest is ready: for a build until steps can run, for a run
   * until the program is started.
   *
   * @throws MachineException if it can't be started; nothing of it is left then
   */
  public Machine start(MachineSpec spec) throws MachineException {
    try {
      Kernel kernel =
          kernels
              .find(spec.kernel())
              .orElseThrow(() ->
                  new MachineException(FailureCode.NOT_FOUND, kernels.absence(spec.kernel())));
      Path firstRoot = initramfs.forKernel(kernel);
      Vmm vmm = vmm(kernel, firstRoot);
      return new MachineStart(processes, journal, settings, vmm, spec)
          .start(kernel.image(), firstRoot);
    } catch (MachineException e) {
      throw e;
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("machine", spec.id()).setCause(e).log("VM not started");
      throw new MachineException(
          FailureCode.HOST,
          "cannot start instance %s: %s".formatted(spec.id(), HostFailure.reason(e)),
          e);
    }
  }

  /** What a machine must ask for to reach the world. */
  public NetworkMode world() {
    return settings.networks().world();
  }

  private Vmm vmm(Kernel kernel, Path firstRoot) throws IOException {
    boolean kvm =
        switch (settings.acceleration()) {
          case KVM -> true;
          case TCG -> false;
          case AUTO -> kvmWorks(kernel, firstRoot);
        };
    return new Qemu(processes, kvm);
  }

  private boolean kvmWorks(Kernel kernel, Path firstRoot) throws IOException {
    ProbeGuest guest =
        new ProbeGuest(journal, layout.root(), new Qemu(processes, true), KvmProbe.LIMIT);
    synchronized (probing) {
      return new KvmProbe(layout.cache(), guest::boots).works(kernel.image(), firstRoot);
    }
  }

  /** What former workers left on this host, each to be adopted or removed before any start. */
  public List<Leftover> recover() throws IOException {
    List<Leftover> leftovers = new ArrayList<>();
    for (String id : journal.ids()) {
      Optional<MachineRecord> machine = journal.read(id);
      boolean adoptable =
          machine
              .filter(MachineRecord::ready)
              .flatMap(MachineRecord::vmm)
              .filter(ProcessIdentity::isAlive)
              .isPresent();
      boolean run = machine.flatMap(MachineRecord::stopSignal).isPresent();
      leftovers.add(new Leftover(id, run, adoptable));
    }
    return leftovers;
  }

  /**
   * Takes over a VM that a former worker started; its end is told as if it were our own. Its guest
   * need not answer.
   *
   * @throws MachineException if its VMM does not answer: then it can only be removed
   */
  public Machine adopt(Leftover leftover) throws MachineException {
    try {
      MachineRecord machine = journal.read(leftover.id()).orElseThrow();
      Attachment attachment = machine.attachment().orElseThrow();
      MachineLayout files = layout.machine(leftover.id());
      GuestMonitor monitor = new GuestMonitor();
      GuestConnection connection =
          new GuestConnection(processes, machine.id(), attachment, GuestKeys.read(files.keys()));
      VmmProcess vmm =
          new Qemu(processes, machine.vmmName().endsWith("kvm"))
              .attach(files, machine.vmm().orElseThrow(), monitor);
      NetworkWatch watch =
          new NetworkWatch(settings.network(machine.network(), processes), files, journal, machine);
      Machine adopted = new Machine(watch, files, vmm, monitor, connection, journal);
      // A guest that does not answer keeps nobody waiting: others are to be taken over, and it can
      // be killed.
      Thread.ofVirtual()
          .name("end of " + machine.id())
          .start(() -> askForEnd(machine.id(), connection, monitor));
      LOG.atInfo().addKeyValue("machine", machine.id()).log("VM adopted");
      return adopted;
    } catch (IOException e) {
      throw new MachineException(
          FailureCode.VMM,
          "cannot take over instance %s: %s".formatted(leftover.id(), HostFailure.reason(e)),
          e);
    } catch (java.util.NoSuchElementException e) {
      throw new MachineException(
          FailureCode.VMM,
          "cannot take over instance %s: %s".formatted(leftover.id(), e.getMessage()),
          e);
    }
  }

  /** The serial line that told of the program's end may have had no listener. */
  private static void askForEnd(String id, GuestConnection connection, GuestMonitor monitor) {
    boolean told = false;
    while (!connection.isClosed()) {
      try {
        byte[] status = connection.session().call(List.of("/lib/firebuild/status"));
        String said = new String(status, StandardCharsets.UTF_8).strip();
        if (said.startsWith("exited ")) {
          monitor.exited(said.substring("exited ".length()));
        }
        return;
      } catch (IOException e) {
        if (!told && !connection.isClosed()) {
          LOG.atWarn()
              .addKeyValue("machine", id)
              .setCause(e)
              .log("A VM of a former worker does not answer; it is asked again");
        }
        told = true;
        Waiting.until(PAUSE, connection::isClosed);
      }
    }
  }

  /** Ends a VM that a former worker started, and removes all that it holds on the host. */
  public void remove(Leftover leftover) throws IOException {
    Optional<MachineRecord> machine = journal.read(leftover.id());
    // Of what nobody can read any more the most that there can be is looked for, by the id.
    NetworkMode mode = machine.map(MachineRecord::network).orElse(NetworkMode.CNI);
    Holdings.release(
        leftover.id(), machine, Optional.of(settings.network(mode, processes)), journal);
    LOG.atInfo().addKeyValue("machine", leftover.id()).log("Leftover of a former worker removed");
  }

  /**
   * A machine of a former worker.
   *
   * @param id the instance id
   * @param run a run, else a build
   * @param adoptable whether its VMM lives and its guest was ready; a program that has ended
   *     meanwhile still has its last output and its exit code
   */
  public record Leftover(String id, boolean run, boolean adoptable) {}
}
