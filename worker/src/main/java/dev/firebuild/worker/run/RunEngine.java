package dev.firebuild.worker.run;

import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.image.ImageStore;
import dev.firebuild.worker.queue.HeldVm;
import dev.firebuild.worker.queue.Lookups;
import dev.firebuild.worker.queue.RunExecutor;
import dev.firebuild.worker.queue.RunGrant;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineException;
import dev.firebuild.worker.vm.Machines;
import dev.firebuild.worker.vm.Machines.Leftover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts VMs and holds them until they are removed. */
public final class RunEngine implements RunExecutor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunEngine.class);

  private final RunContext context;

  /** By instance: an earlier instance of a VM may still be on its way out. */
  private final Map<String, HeldRun> held = new ConcurrentHashMap<>();

  public RunEngine(
      WorkerIdentity worker,
      RunSettings settings,
      RunLayout layout,
      Machines machines,
      ImageStore images,
      Lookups lookups,
      Ext4 ext4) {
    this.context =
        new RunContext(
            worker, settings, layout, new RunRecords(layout), machines, images, lookups, ext4);
  }

  @Override
  public boolean outlived(VmDocument document) {
    try {
      Optional<RunRecord> record = Optional.empty();
      if (document.assignment().isPresent()) {
        record = context.records().read(document.assignment().get().instance());
      }
      return !(Recovery.of(document, record, false) instanceof Recovery.Drop);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what this host knows of VM " + document.id(), e);
    }
  }

  @Override
  public void reconcile(List<HeldVm> vms) throws InterruptedException {
    Map<String, Leftover> leftovers = new HashMap<>();
    List<Runnable> endings = new ArrayList<>();
    try {
      context.machines().recover().forEach(leftover -> leftovers.put(leftover.id(), leftover));
      for (HeldVm vm : vms) {
        recover(vm, leftovers, endings);
      }
      // What nobody holds is freed before anything is told: who hears of an end finds nothing left.
      for (Leftover leftover : leftovers.values()) {
        context.machines().remove(leftover);
      }
      for (String instance : context.records().instances()) {
        if (!held.containsKey(instance)) {
          drop(instance);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compare this host with what should be on it", e);
    }
    endings.forEach(Runnable::run);
  }

  @Override
  public void start(RunGrant grant) throws InterruptedException {
    HeldRun run =
        new HeldRun(context, grant.request(), grant.events(), () -> held.remove(grant.instance()));
    // Of one VM never two instances: they may want the same ports of the host.
    for (HeldRun earlier : List.copyOf(held.values())) {
      if (earlier.vm().equals(grant.id())) {
        earlier.lose();
        earlier.awaitEnd();
      }
    }
    held.put(grant.instance(), run);
    run.start(grant);
  }

  @Override
  public void desiredChanged(VmDocument document) {
    Optional<String> instance = document.assignment().map(Assignment::instance);
    for (HeldRun run : held.values()) {
      if (run.vm().equals(document.id())) {
        if (instance.equals(Optional.of(run.instance()))) {
          run.desire(document.desired());
        } else {
          run.lose();
        }
      }
    }
  }

  /** The console of the VM {@code id}; empty if it is not held or has none. */
  public Optional<Path> console(String id) {
    return held.values().stream()
        .filter(run -> run.vm().equals(id))
        .map(run ->
            run.machine()
                .map(Machine::console)
                .orElseGet(() -> context.layout().console(run.instance())))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Lets go of all VMs, which stay as they are: the next worker on this host takes them over. */
  @Override
  public void close() {
    held.values().forEach(HeldRun::leave);
  }

  private void recover(HeldVm vm, Map<String, Leftover> leftovers, List<Runnable> endings)
      throws IOException {
    VmDocument document = vm.document();
    String instance = vm.events().instance();
    Optional<RunRecord> record = context.records().read(instance);
    Optional<Leftover> leftover = Optional.ofNullable(leftovers.get(instance));
    Recovery recovery =
        Recovery.of(document, record, leftover.map(Leftover::adoptable).orElse(false));
    log.atInfo()
        .addKeyValue("vm", document.id())
        .addKeyValue("instance", instance)
        .addKeyValue("phase", document.phase())
        .addKeyValue("machine", leftover.isPresent())
        .addKeyValue("decision", recovery.getClass().getSimpleName())
        .log("VM of a former worker");
    switch (recovery) {
      case Recovery.Adopt adopt -> {
        if (!adopt(vm, adopt, leftover.orElseThrow())) {
          Recovery.Tell gone = new Recovery.Tell(Endings.gone(new RunState.Requested()));
          HeldRun run = hold(vm);
          endings.add(() -> run.recover(gone, record));
        } else {
          leftovers.remove(instance);
        }
      }
      case Recovery.Tell tell -> {
        HeldRun run = hold(vm);
        endings.add(() -> run.recover(tell, record));
      }
      case Recovery.Hold hold -> {
        HeldRun run = hold(vm);
        endings.add(() -> run.recover(hold, record));
      }
      case Recovery.Drop() -> {
        // It is removed with all that nobody holds.
      }
    }
  }

  private boolean adopt(HeldVm vm, Recovery.Adopt adopt, Leftover leftover) {
    try {
      Machine machine = context.machines().adopt(leftover);
      hold(vm).recover(adopt, machine);
      return true;
    } catch (MachineException e) {
      log.atError()
          .addKeyValue("vm", vm.document().id())
          .addKeyValue("instance", leftover.id())
          .setCause(e)
          .log("a VM of a former worker could not be taken over");
      return false;
    }
  }

  private HeldRun hold(HeldVm vm) {
    String instance = vm.events().instance();
    HeldRun run =
        new HeldRun(context, vm.document().request(), vm.events(), () -> held.remove(instance));
    run.desire(vm.document().desired());
    vm.cancellation().onLostGrant(run::lose);
    held.put(instance, run);
    return run;
  }

  private void drop(String instance) throws IOException {
    Optional<RunRecord> record = context.records().read(instance);
    if (record.isPresent()) {
      context.images().pins().unpin(record.get().image(), instance);
    }
    context.records().delete(instance);
    log.atInfo().addKeyValue("instance", instance).log("removed a run that nobody holds");
  }
}
