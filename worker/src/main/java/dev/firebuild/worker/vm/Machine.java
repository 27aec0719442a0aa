package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.network.GuestLink;
import dev.firebuild.worker.vm.MachineExit.Reason;
import dev.firebuild.worker.vmm.VmmExit;
import dev.firebuild.worker.vmm.VmmProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A VM that runs, or has ended and still holds its directory. */
public final class Machine implements AutoCloseable {
  private static final String SCRIPTS = "/lib/firebuild/";

  /** How long a guest may take to unmount its disks and power off. */
  private static final Duration HALT = Duration.ofSeconds(30);

  /** How long an ended guest waits for somebody to read the rest of its output. */
  private static final Duration UNREAD = Duration.ofSeconds(10);

  private static final Duration STEP = Duration.ofMillis(20);

  private final NetworkWatch network;
  private final MachineRecord machine;
  private final MachineLayout files;
  private final VmmProcess vmm;
  private final GuestMonitor monitor;
  private final GuestConnection connection;
  private final Journal journal;
  private final RunOutput output;
  private final CompletableFuture<MachineExit> exit;
  private volatile boolean stopping;
  private volatile boolean ended;

  Machine(
      NetworkWatch network,
      MachineLayout files,
      VmmProcess vmm,
      GuestMonitor monitor,
      GuestConnection connection,
      Journal journal) {
    this.network = network;
    this.machine = network.machine();
    this.files = files;
    this.vmm = vmm;
    this.monitor = monitor;
    this.connection = connection;
    this.journal = journal;
    output = new RunOutput(connection);
    exit = vmm.exit().thenApply(this::ended);
    network.start();
    var _ = monitor.exited().thenRunAsync(this::haltWhenRead, Thread::startVirtualThread);
  }

  /** The instance id. */
  public String id() {
    return machine.id();
  }

  /** Pid of the VMM on this host. */
  public long pid() {
    return vmm.identity().pid();
  }

  /** The guest's IPv4 address in its own network. */
  public String ip() {
    return link().address();
  }

  /** Prefix length of the guest's network. */
  public int prefixLength() {
    return link().prefixLength();
  }

  private GuestLink link() {
    return machine.attachment().orElseThrow().link();
  }

  /** {@code qemu-kvm} or {@code qemu-tcg}. */
  public String vmm() {
    return machine.vmmName();
  }

  /** The one SSH connection, made at the first call and again after it was lost. */
  public GuestSession session() throws IOException {
    return connection.session();
  }

  /** Completed once, when the VM has ended, whatever ended it. */
  public CompletableFuture<MachineExit> exit() {
    return exit;
  }

  /** The guest's console: a file of bounded size, newest lines kept. */
  public Path console() {
    return files.console();
  }

  /**
   * Copies the run's output from byte {@code offset} on as it arrives, until the program has ended
   * and everything is copied. The guest keeps it until {@link #dropOutput}. A run that has ended
   * powers off once its output is read to the end, or is read by nobody.
   *
   * @param sink takes each piece with the offset of its first byte; a piece whose offset is not the
   *     end of the one before tells that the guest dropped what lies between
   * @return the program's exit code
   * @throws IOException if the guest was lost before the end
   */
  public int readOutput(long offset, OutputSink sink) throws IOException {
    return output.read(offset, sink);
  }

  /**
   * Nobody needs the run's output before {@code offset} any more. The guest has room for a few MiB
   * that were not dropped; without room the program waits.
   */
  public void dropOutput(long offset) throws IOException {
    output.drop(offset);
  }

  /**
   * How many bytes the guest keeps of the output before {@code offset}, as far as it was read: what
   * {@link #dropOutput} would give back. More than the program's own, each piece counts a little.
   */
  public long keptOutput(long offset) {
    return output.kept(offset);
  }

  /** Takes output. */
  @FunctionalInterface
  public interface OutputSink {
    /**
     * Takes the bytes that begin at {@code offset} of the program's output.
     *
     * @param offset counts the bytes of both streams, in the order in which they came
     * @param stream {@code stdout} or {@code stderr}
     */
    void accept(long offset, String stream, byte[] bytes) throws IOException;
  }

  /**
   * Lets the guest end: a run's program gets its stop signal, after {@code grace} it is killed; the
   * file systems are unmounted and the VM powers off. What does not end then is killed.
   */
  public MachineExit stop(Duration grace) {
    stopping = true;
    CompletableFuture<Void> request =
        CompletableFuture.runAsync(() -> requestStop(grace), Thread::startVirtualThread);
    try {
      CompletableFuture.anyOf(exit, request)
          .get(grace.plus(HALT).toMillis(), TimeUnit.MILLISECONDS);
      return exit.get(HALT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      kill();
    }
    return exit.join();
  }

  private void requestStop(Duration grace) {
    try {
      if (machine.stopSignal().isPresent()) {
        String signal = machine.stopSignal().get().replaceFirst("^SIG", "");
        session().call(List.of(SCRIPTS + "stop", signal, Long.toString(grace.toSeconds())));
        Waiting.until(UNREAD, () -> !output.isRead() || exit.isDone());
      }
      halt();
    } catch (IOException e) {
      if (!exit.isDone()) {
        kill(); // A guest that nobody can speak to.
      }
    }
  }

  /** Ends the VM at once. */
  public void kill() {
    vmm.kill();
  }

  /** The run's program has ended: its output is read to the end first, if anybody reads it. */
  private void haltWhenRead() {
    Duration unread = Duration.ZERO;
    while (!output.isComplete() && !stopping && !ended && unread.compareTo(UNREAD) < 0) {
      Waiting.until(STEP, output::isComplete);
      unread = output.isRead() ? Duration.ZERO : unread.plus(STEP);
    }
    if (!stopping && !ended) {
      try {
        halt();
      } catch (IOException e) {
        vmm.kill();
      }
    }
  }

  private void halt() throws IOException {
    try {
      session().call(List.of(SCRIPTS + "release"));
    } catch (IOException e) {
      // The answer is lost when the guest is quicker.
      if (!Waiting.until(HALT, exit::isDone)) {
        throw e;
      }
    }
  }

  private MachineExit ended(VmmExit end) {
    ended = true;
    // Who is just connecting waits for a guest that is gone, until the tunnel's process is killed.
    connection.refuse();
    network.close();
    Holdings.killAll(id(), Optional.of(network.machine()));
    connection.close();
    Optional<Integer> code =
        monitor.exited().isDone() ? Optional.of(monitor.exited().join()) : Optional.empty();
    return new MachineExit(
        reason(end, code.isPresent()), code, detail(end), end.diskErrors(), monitor.clean());
  }

  private String detail(VmmExit end) {
    return switch (end.reason()) {
      case GUEST_PANIC -> monitor.panic().orElse(end.detail());
      case GUEST_SHUTDOWN -> monitor.fault().orElse(end.detail());
      case GUEST_RESET, HOST_KILL, DIED, UNKNOWN -> end.detail();
    };
  }

  private Reason reason(VmmExit end, boolean exited) {
    return switch (end.reason()) {
      case GUEST_SHUTDOWN -> {
        if (monitor.fault().isPresent()) {
          yield Reason.PANIC;
        }
        if (stopping) {
          yield Reason.STOPPED;
        }
        yield monitor.asked().orElse(exited ? Reason.EXITED : Reason.POWERED_OFF);
      }
      case GUEST_RESET -> Reason.REBOOTED;
      case GUEST_PANIC -> Reason.PANIC;
      case HOST_KILL -> Reason.KILLED;
      case DIED -> Reason.VMM_DIED;
      case UNKNOWN -> Reason.UNKNOWN;
    };
  }

  /** Lets go of a VM that goes on: a later worker adopts it. */
  public void abandon() {
    network.close();
    vmm.close();
    connection.close();
  }

  /**
   * Ends the VM if it runs and removes all that it holds on the host: processes, network,
   * directory. The upper disk belongs to the caller and stays.
   */
  @Override
  public void close() {
    if (!exit.isDone()) {
      kill();
      exit.join();
    }
    vmm.close();
    Holdings.release(id(), Optional.of(network.machine()), Optional.of(network.network()), journal);
  }
}
