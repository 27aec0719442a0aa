package dev.firebuild.simulation.world;

import dev.firebuild.protocol.decision.ClaimRule;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Publisher;
import dev.firebuild.simulation.kafka.StateLog;
import dev.firebuild.simulation.kafka.Tail;
import dev.firebuild.simulation.time.Actor;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A worker: heartbeats, a view of the documents, slots, the VMs of its host. */
final class Worker extends Actor {
  private static final long PATIENCE = 600 * Timeline.SECOND;

  private final World world;
  private final Host host;
  private final long slowness;
  private final int buildSlots;
  private final int runSlots;
  private final Map<String, Work> documents = new LinkedHashMap<>();
  private final Map<String, Hold> held = new LinkedHashMap<>();
  private final List<Slot> slots = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private String incarnation = "";
  private int lives;
  private long said;
  private Publisher publisher;
  private Tail view;
  private boolean isOpen;
  private boolean retiring;

  Worker(World world, String name, int buildSlots, int runSlots) {
    super(name, world.time(), world.chance(), world.historyOf(), world.faults());
    this.world = world;
    this.host = new Host(world.time());
    this.slowness = chance().oneIn(4) ? chance().millis(100, 2500) : 0;
    this.buildSlots = buildSlots;
    this.runSlots = runSlots;
    this.publisher = new Publisher(this, world.broker(), PATIENCE);
    this.view = new Tail(this, world.broker(), slowness);
  }

  Broker broker() {
    return world.broker();
  }

  Host host() {
    return host;
  }

  ClaimRule rule() {
    return world.claimRule();
  }

  /** Number of the present life, as it is on disk. */
  int lives() {
    return lives;
  }

  String drawInstance() {
    return world.draw("i");
  }

  Claim claimOf(String topic, long offset) {
    return new Claim(topic, 0, offset, name(), incarnation, Optional.empty(), Optional.empty());
  }

  @Override
  protected void begin() {
    lives++;
    incarnation = world.draw("inc");
    FirstAnswer.of(this, broker(), this::connect);
  }

  private void connect() {
    publisher = new Publisher(this, world.broker(), PATIENCE);
    view = new Tail(this, world.broker(), slowness);
    for (int p = 0; p < broker().partitions(); p++) {
      view.read(broker().state(p), 0, item -> onDocument(item.value()));
    }
    after(chance().millis(5, 300), this::reconcile);
  }

  private void onDocument(StateLog.Stored stored) {
    if (!stored.isCommitted()) {
      return;
    }
    String key = stored.write().key();
    if (stored.write().document().isEmpty()) {
      documents.remove(key);
    } else if (stored.write().document().get() instanceof Work work) {
      documents.put(key, work);
      for (Hold hold : List.copyOf(held.values())) {
        if (hold.key().equals(key)) {
          hold.onDocument(work);
        }
      }
    }
  }

  private void reconcile() {
    if (!view.readToEnd()) {
      idly(chance().millis(50, 500), this::reconcile);
      return;
    }
    List<Run> adopted = new ArrayList<>();
    List<VmDocument> their = new ArrayList<>();
    for (Work work : List.copyOf(documents.values())) {
      if (work instanceof VmDocument vm && isMine(vm) && isHeld(vm)) {
        String instance = vm.assignment().orElseThrow().instance();
        Hold hold = new Hold(this, vm.id(), vm.key(), vm.attempt(), instance);
        hold.adopt(vm);
        held.put(instance, hold);
        hold.onDocument(vm);
        Run run = new Run(this, hold, vm.request().remove());
        adopted.add(run);
        their.add(vm);
      }
    }
    beat();
    after(chance().millis(1, 400), () -> freeHost(adopted, their));
  }

  private boolean isMine(VmDocument vm) {
    return vm.assignment().filter(to -> to.claim().worker().equals(name())).isPresent();
  }

  /** What had begun to run when the last life ended, whether or not a document says so. */
  private boolean isHeld(VmDocument vm) {
    return switch (vm.phase()) {
      case RUNNING, STOPPING, EXITED, FAILED -> true;
      case ASSIGNED, STARTING ->
          Optional.ofNullable(host.records().get(vm.assignment().orElseThrow().instance()))
              .filter(record -> record.running().isPresent())
              .isPresent();
      case QUEUED, REMOVED -> false;
    };
  }

  private void freeHost(List<Run> adopted, List<VmDocument> their) {
    for (String instance : List.copyOf(host.machines().keySet())) {
      if (adopted.stream().noneMatch(run -> run.hold().instance().equals(instance))) {
        host.remove(instance);
      }
    }
    host.records()
        .keySet()
        .removeIf(
            instance -> adopted.stream().noneMatch(run -> run.hold().instance().equals(instance)));
    runs.addAll(adopted);
    for (int i = 0; i < adopted.size(); i++) {
      Run run = adopted.get(i);
      run.recover(their.get(i));
      if (run.hold().isLost()) {
        run.lose();
      }
      run.hold().hearWishes(run::desire);
    }
    after(chance().millis(1, 50), this::open);
  }

  private void open() {
    say(new WorkerEvent.Started(info()));
    isOpen = true;
    for (int i = 0; i < buildSlots; i++) {
      slots.add(new BuildSlot(this));
    }
    for (int i = 0; i < runSlots; i++) {
      slots.add(new RunSlot(this));
    }
    slots.forEach(Slot::open);
  }

  private void beat() {
    say(new WorkerEvent.Heartbeat(info()));
    idly(Timeline.SECOND, this::beat);
  }

  private WorkerEvent.WorkerInfo info() {
    return new WorkerEvent.WorkerInfo(
        incarnation, lives, "", name(), "", buildSlots, runSlots, List.copyOf(held.keySet()));
  }

  private void say(EventData data) {
    said++;
    var _ =
        publish(
            new Event(
                incarnation + "-" + said,
                name(),
                name(),
                world.instant(),
                0,
                incarnation,
                said,
                data));
  }

  CompletableFuture<Void> publish(Event event) {
    return publisher.send(broker().events(broker().partitionOf(event.subject())), event);
  }

  /** Begins to hold a claimed instance. */
  Hold hold(String id, String key, int attempt, String instance) {
    Hold hold = new Hold(this, id, key, attempt, instance);
    held.put(instance, hold);
    Work known = documents.get(key);
    if (known != null) {
      hold.onDocument(known);
    }
    return hold;
  }

  /** Begins to run a VM. Of one VM never two instances. */
  Run run(Hold hold, boolean remove) {
    runs.stream().filter(run -> run.hold().id().equals(hold.id())).toList().forEach(Run::lose);
    Run run = new Run(this, hold, remove);
    runs.add(run);
    return run;
  }

  void started(Hold hold) {
    if (isTold()) {
      tell("begins to work on %s as %s".formatted(hold.id(), hold.instance()));
    }
    world.checker().workStarts(name(), hold);
  }

  /** The grant of {@code hold} is lost. */
  void lost(Hold hold) {
    runs.stream().filter(run -> run.hold().equals(hold)).toList().forEach(Run::lose);
  }

  void forget(Hold hold) {
    held.remove(hold.instance());
  }

  void forget(Run run) {
    runs.remove(run);
  }

  /** Ends as a service manager ends it: what is at work is given back, VMs run on. */
  void retire() {
    if (!isUp() || isStopped() || retiring || !isOpen) {
      return;
    }
    tell("is asked to end");
    disturbed();
    retiring = true;
    broker().builders().close(name());
    broker().runners().close(name());
    slots.forEach(Slot::drain);
    after(chance().millis(1, 300), this::sayGoodbye);
  }

  boolean isRetiring() {
    return retiring;
  }

  private void sayGoodbye() {
    say(new WorkerEvent.Stopping(incarnation));
    after(chance().millis(50, 500), this::exit);
  }

  /** The living instance, if the worker has it. */
  Optional<Hold> holds(String instance) {
    return isUp() ? Optional.ofNullable(held.get(instance)) : Optional.empty();
  }

  /** The instances of the VMs that it knows of. */
  List<String> runningInstances() {
    return runs.stream().map(run -> run.hold().instance()).toList();
  }

  /** Why it is not idle. */
  Optional<String> unrest() {
    if (!isOpen) {
      return Optional.of(name() + " is not open");
    }
    if (!publisher.isEmpty()) {
      return Optional.of(name() + " has something to say");
    }
    return slots.stream()
        .flatMap(slot -> slot.current().stream())
        .map(hold -> "%s works on %s as %s".formatted(name(), hold.id(), hold.instance()))
        .findFirst();
  }

  @Override
  protected void cutOff() {
    publisher.cutOff();
  }

  @Override
  protected void ended() {
    view.close();
    broker().builders().gone(name());
    broker().runners().gone(name());
    host.machines().values().forEach(machine -> machine.watch(Optional.empty()));
    documents.clear();
    held.clear();
    slots.clear();
    runs.clear();
    isOpen = false;
    retiring = false;
  }
}
