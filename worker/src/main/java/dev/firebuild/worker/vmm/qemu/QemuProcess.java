package dev.firebuild.worker.vmm.qemu;

import dev.firebuild.worker.host.MachineLayout;
import dev.firebuild.worker.host.ProcessIdentity;
import dev.firebuild.worker.host.Waiting;
import dev.firebuild.worker.vmm.Console;
import dev.firebuild.worker.vmm.VmmExit;
import dev.firebuild.worker.vmm.VmmExit.Reason;
import dev.firebuild.worker.vmm.VmmProcess;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** A running QEMU, watched over its control socket. */
final class QemuProcess implements VmmProcess, QmpClient.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(QemuProcess.class);
  private static final Duration GONE = Duration.ofSeconds(30);

  private final ProcessIdentity identity;
  private final SocketChannel serial;
  private final CountDownLatch consoleEnd = new CountDownLatch(1);
  private final CompletableFuture<VmmExit> exit = new CompletableFuture<>();
  private final CompletableFuture<QmpClient> connection = new CompletableFuture<>();

  /** The first cause that is known: what follows it is its consequence. */
  private final AtomicReference<@Nullable Cause> cause = new AtomicReference<>();

  private volatile boolean diskErrors;
  private volatile boolean closed;

  private record Cause(Reason reason, String detail) {}

  private QemuProcess(ProcessIdentity identity, SocketChannel serial) {
    this.identity = identity;
    this.serial = serial;
  }

  static QemuProcess connect(
      MachineLayout files, ProcessIdentity identity, Consumer<String> console) throws IOException {
    SocketChannel serial = ControlSocket.open(files.serial());
    QemuProcess process = new QemuProcess(identity, serial);
    Thread.ofVirtual()
        .name("console " + files.directory())
        .start(() -> process.pump(new Console(files.console(), console)));
    try {
      QmpClient qmp = QmpClient.connect(files.qmp(), process);
      process.connection.complete(qmp);
      process.takeOver(qmp);
      return process;
    } catch (IOException e) {
      serial.close();
      throw e;
    }
  }

  /** A guest may have ended while nobody listened. */
  private void takeOver(QmpClient qmp) throws IOException {
    switch (qmp.execute("query-status", Map.of()).path("status").asString()) {
      case "shutdown" -> end(new Cause(Reason.UNKNOWN, "the guest ended while no worker watched"));
      case "guest-panicked" -> end(new Cause(Reason.GUEST_PANIC, "the guest's kernel panicked"));
      default -> {}
    }
  }

  @Override
  public ProcessIdentity identity() {
    return identity;
  }

  @Override
  public void boot() throws IOException {
    connection.join().execute("cont", Map.of());
  }

  @Override
  public CompletableFuture<VmmExit> exit() {
    return exit;
  }

  @Override
  public void kill() {
    cause.compareAndSet(null, new Cause(Reason.HOST_KILL, "killed by this host"));
    identity.kill();
  }

  @Override
  public void close() {
    closed = true;
    if (connection.isDone()) {
      connection.join().close();
    }
    try {
      serial.close();
    } catch (IOException e) {
      // Nothing is buffered.
    }
  }

  @Override
  public void event(String name, JsonNode data) {
    switch (name) {
      case "SHUTDOWN" -> end(causeOf(data.path("reason").asString()));
      case "GUEST_PANICKED" -> end(new Cause(Reason.GUEST_PANIC, "the guest's kernel panicked"));
      case "BLOCK_IO_ERROR" -> {
        diskErrors = true;
        LOG.atWarn()
            .addKeyValue("pid", identity.pid())
            .addKeyValue("drive", data.path("node-name").asString(""))
            .addKeyValue("operation", data.path("operation").asString(""))
            .addKeyValue("reason", data.path("reason").asString(""))
            .log("I/O error on a VM's drive");
      }
      default -> {}
    }
  }

  private static Cause causeOf(String reason) {
    return switch (reason) {
      case "guest-shutdown" -> new Cause(Reason.GUEST_SHUTDOWN, "the guest powered off");
      case "guest-reset" -> new Cause(Reason.GUEST_RESET, "the guest reset the machine");
      case "guest-panic" -> new Cause(Reason.GUEST_PANIC, "the guest's kernel panicked");
      default -> new Cause(Reason.DIED, "QEMU was ended from outside: " + reason);
    };
  }

  /** The guest has ended and QEMU waits: asks for the last facts, then lets it go. */
  private void end(Cause known) {
    if (cause.compareAndSet(null, known)) {
      Thread.ofVirtual().start(this::quit);
    }
  }

  private void quit() {
    QmpClient qmp = connection.join();
    try {
      for (JsonNode drive : qmp.execute("query-blockstats", Map.of())) {
        JsonNode stats = drive.path("stats");
        diskErrors |= stats.path("failed_wr_operations").asLong() > 0;
        diskErrors |= stats.path("failed_flush_operations").asLong() > 0;
      }
      qmp.execute("quit", Map.of());
    } catch (IOException e) {
      // It may close the socket before it answers; if it does not end it is killed below.
    }
    if (!Waiting.until(GONE, () -> !identity.isAlive())) {
      identity.kill();
    }
  }

  @Override
  public void disconnected() {
    if (closed) {
      return;
    }
    if (!Waiting.until(GONE, () -> !identity.isAlive())) {
      LOG.atWarn().addKeyValue("pid", identity.pid()).log("QEMU closed its control socket; killed");
      identity.kill();
      Waiting.until(GONE, () -> !identity.isAlive());
    }
    // The guest's last lines lie in the socket still.
    awaitConsole();
    Cause last = cause.get();
    Cause told = last == null ? new Cause(Reason.DIED, "QEMU ended by itself") : last;
    exit.complete(new VmmExit(told.reason(), told.detail(), diskErrors));
  }

  private void awaitConsole() {
    try {
      consoleEnd.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Console console) {
    try {
      console.pump(Channels.newInputStream(serial));
    } catch (IOException e) {
      // The serial line ends with QEMU.
    } finally {
      consoleEnd.countDown();
    }
  }
}
