package dev.firebuild.worker.vm;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Understands what the guest's init says on the serial line (docs/guest.md). A guest may say there
 * what it likes: it only ever speaks of itself.
 */
final class GuestMonitor implements Consumer<String> {
  private static final Pattern LINE = Pattern.compile("firebuild\\[[0-9.]+\\] ([a-z-]+)(?: (.*))?");

  private final CompletableFuture<Boolean> listening = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private final CompletableFuture<Integer> exited = new CompletableFuture<>();
  private volatile Optional<String> fault = Optional.empty();
  private volatile Optional<MachineExit.Reason> asked = Optional.empty();
  private volatile boolean clean;

  @Override
  public void accept(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.find()) {
      return;
    }
    String text = Optional.ofNullable(matcher.group(2)).orElse("");
    switch (matcher.group(1)) {
      case "ssh" -> listening.complete(true);
      case "ready" -> ready.complete(true);
      case "fault" -> fault = Optional.of(text);
      case "rebooted" -> asked = Optional.of(MachineExit.Reason.REBOOTED);
      case "powered-off" -> asked = Optional.of(MachineExit.Reason.POWERED_OFF);
      case "exited" -> exited(text);
      case "halted" -> clean = text.equals("clean");
      default -> {}
    }
  }

  private void exited(String text) {
    try {
      exited.complete(Integer.valueOf(text));
    } catch (NumberFormatException e) {
      // Not init's own words.
    }
  }

  /** The guest's SSH server listens. */
  CompletableFuture<Boolean> listening() {
    return listening;
  }

  /** The image is mounted, a run's program starts. */
  CompletableFuture<Boolean> ready() {
    return ready;
  }

  /** The run's program has ended, with this exit code. */
  CompletableFuture<Integer> exited() {
    return exited;
  }

  /** Why init gave up. */
  Optional<String> fault() {
    return fault;
  }

  /** What the run's program asked for: a reboot or a power-off, which only it was given. */
  Optional<MachineExit.Reason> asked() {
    return asked;
  }

  /** Whether the upper disk was unmounted at the end. */
  boolean clean() {
    return clean;
  }
}
