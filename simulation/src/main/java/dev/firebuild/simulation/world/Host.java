package dev.firebuild.simulation.world;

import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.simulation.time.Timeline;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A host: its VMs and what is written down of them outlive the worker. */
final class Host {
  private final Timeline time;
  private final Map<String, Machine> machines = new TreeMap<>();
  private final Map<String, RunNote> records = new TreeMap<>();

  /** A VM's processes. */
  static final class Machine {
    private final String vm;
    private boolean exited;
    private Optional<Runnable> watcher = Optional.empty();

    private Machine(String vm) {
      this.vm = vm;
    }

    String vm() {
      return vm;
    }

    boolean hasExited() {
      return exited;
    }

    void exit() {
      exited = true;
      watcher.ifPresent(Runnable::run);
    }

    /** Who hears of the exit. */
    void watch(Optional<Runnable> who) {
      watcher = who;
    }
  }

  /** What is on disk of a run. */
  record RunNote(Optional<VmEvent> running, Optional<VmEvent> ended) {}

  Host(Timeline time) {
    this.time = time;
  }

  Map<String, Machine> machines() {
    return machines;
  }

  Map<String, RunNote> records() {
    return records;
  }

  /** Starts a VM that ends by itself after {@code duration}, if ever. */
  Machine boot(String instance, String vm, Optional<Long> duration) {
    Machine machine = new Machine(vm);
    machines.put(instance, machine);
    duration.ifPresent(nanos -> time.after(nanos, machine::exit));
    return machine;
  }

  /** Ends what is left of {@code instance}. */
  void remove(String instance) {
    Machine machine = machines.remove(instance);
    if (machine != null) {
      machine.watch(Optional.empty());
    }
  }
}
