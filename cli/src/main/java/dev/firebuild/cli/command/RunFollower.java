package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.resource.Accepted;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Shows a VM from its start. */
final class RunFollower {
  private static final int KILLED = 137;

  private final CliContext context;
  private final ApiClient api;
  private final Accepted vm;
  private Optional<Integer> exitCode = Optional.empty();

  RunFollower(CliContext context, ApiClient api, Accepted vm) {
    this.context = context;
    this.api = api;
    this.vm = vm;
  }

  /** Waits until the program runs, then tells {@code started}; returns the exit code. */
  int awaitRunning(BiConsumer<VmEvent.Running, String> started) {
    follow(event ->
        switch (event) {
          case VmEvent.Running running -> {
            started.accept(running, vm.id());
            yield end(0);
          }
          // It was over before anybody could see it run.
          case VmEvent.Exited _ -> {
            context.out().println(vm.id());
            yield end(0);
          }
          case VmEvent.Failed(Failure failure) -> fail(failure);
          case VmEvent.Rejected(Failure failure) -> fail(failure);
          default -> true;
        });
    return exitCode.orElse(RunCommand.OWN_FAILURE);
  }

  /** Shows the output until the program ends; returns its exit code. Ctrl-C stops the VM. */
  int attach() {
    try (Interrupt _ = new Interrupt(this::stop)) {
      follow(event ->
          switch (event) {
            case VmEvent.Log log -> write(log.chunk());
            case VmEvent.Requeued requeued -> {
              context
                  .err()
                  .println(
                      "the worker %s was lost (%s); another one starts the VM"
                          .formatted(requeued.worker(), requeued.reason()));
              yield true;
            }
            case VmEvent.Exited exited -> end(exitCodeOf(exited));
            case VmEvent.Failed(Failure failure) -> fail(failure);
            case VmEvent.Rejected(Failure failure) -> fail(failure);
            default -> true;
          });
    }
    return exitCode.orElse(RunCommand.OWN_FAILURE);
  }

  private static int exitCodeOf(VmEvent.Exited exited) {
    return exited
        .exitCode()
        .orElse(exited.reason().equals("killed") ? KILLED : RunCommand.OWN_FAILURE);
  }

  /** The fields of the seed's line; what only the worker's host knows stays empty. */
  static Map<String, Object> seedFields(VmEvent.Running running, String id) {
    return Map.of(
        "vmm-id",
        id,
        "pid",
        running.pid(),
        "ip-address",
        running.ipAddress(),
        "ip-net",
        running.ipAddress() + "/" + running.prefixLength(),
        "veth-name",
        "",
        "jailer-dir",
        "",
        "cache-dir",
        "");
  }

  /** Takes an event; false: the end. */
  private interface Listener {
    boolean on(VmEvent event);
  }

  private void follow(Listener listener) {
    new EventFollower(api)
        .follow(
            vm.url() + "/events",
            true,
            (_, frame) -> !(frame.event().data() instanceof VmEvent event) || listener.on(event));
  }

  private boolean end(int code) {
    exitCode = Optional.of(code);
    return false;
  }

  private boolean fail(Failure failure) {
    throw new CliException(
        RunCommand.OWN_FAILURE, "the VM %s: %s".formatted(vm.id(), failure.message()));
  }

  private boolean write(LogChunk chunk) {
    PrintStream target = chunk.stream().equals("stderr") ? context.err() : context.out();
    target.writeBytes(chunk.bytes());
    target.flush();
    return true;
  }

  private void stop() {
    try {
      var _ = api.post(vm.url() + "/stop", Optional.empty(), Optional.empty());
    } catch (ApiException e) {
      if (!e.is("already-ended")) {
        context.err().println("stopping the VM %s: %s".formatted(vm.id(), e.getMessage()));
      }
    } catch (CliException e) {
      context.err().println("stopping the VM %s: %s".formatted(vm.id(), e.getMessage()));
    }
  }
}
