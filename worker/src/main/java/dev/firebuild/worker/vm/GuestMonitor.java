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

  /** What the kernel says last of all, whatever the guest's processes do. */
  private static final Pattern PANIC = Pattern.compile("Kernel panic - not syncing: .{0,200}");

  private static final Pattern END = Pattern.compile("(\\d{1,3})(?: (rebooted|powered-off))?");

  private final CompletableFuture<Boolean> listening = new CompletableFuture<>();
  private final CompletableFuture<Boolean> driveless = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private final CompletableFuture<Integer> exited = new CompletableFuture<>();
  private volatile Optional<String> fault = Optional.empty();
  private volatile Optional<String> panic = Optional.empty();
  private volatile Optional<MachineExit.Reason> asked = Optional.empty();
  private volatile boolean clean;

  @Override
  public void accept(String line) {
    Matcher last = PANIC.matcher(line);
    if (last.find()) {
      panic = Optional.of(last.group());
    }
    Matcher matcher = LINE.matcher(line);
    if (!matcher.find()) {
      return;
    }
    String text = Optional.ofNullable(matcher.group(2)).orElse("");
    switch (matcher.group(1)) {
      case "waiting" -> driveless.complete(true);
      case "ssh" -> listening.complete(true);
      case "ready" -> ready.complete(true);
      case "fault" -> fault = Optional.of(text);
      case "exited" -> exited(text);
      case "halted" -> clean = text.equals("clean");
      default -> {}
    }
  }

  /**
   * The run's program has ended.
   *
   * @param text its exit code; after a blank what it asked for, if it did. The code alone tells
   *     nothing: a program ends with any.
   */
  void exited(String text) {
    Matcher matcher = END.matcher(text);
    if (matcher.matches()) {
      asked = Optional.ofNullable(matcher.group(2)).map(GuestMonitor::reason);
      exited.complete(Integer.valueOf(matcher.group(1)));
    }
  }

  private static MachineExit.Reason reason(String word) {
    return word.equals("rebooted") ? MachineExit.Reason.REBOOTED : MachineExit.Reason.POWERED_OFF;
  }

  /** The guest's SSH server listens. */
  CompletableFuture<Boolean> listening() {
    return listening;
  }

  /** The guest's kernel has found no drive. */
  CompletableFuture<Boolean> driveless() {
    return driveless;
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

  /** Why the kernel panicked, if the guest's end was a panic: before that, anybody can print it. */
  Optional<String> panic() {
    return panic;
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
