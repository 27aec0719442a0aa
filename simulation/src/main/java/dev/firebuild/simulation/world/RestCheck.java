package dev.firebuild.simulation.world;

import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Desired.Goal;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.kafka.Request;
import dev.firebuild.simulation.kafka.ShareGroup;
import dev.firebuild.simulation.time.Actor;
import dev.firebuild.simulation.time.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether all is done, and whether what was done is what was asked for. */
final class RestCheck {
  private final World world;
  private final Checker checker;
  private final Broker broker;
  private final List<Worker> living;

  RestCheck(World world) {
    this.world = world;
    this.checker = world.checker();
    this.broker = world.broker();
    this.living =
        world.workers().stream().filter(one -> !world.faults().isLost(one.name())).toList();
  }

  Optional<String> unrest() {
    List<Actor> all = new ArrayList<>(world.coordinators());
    all.addAll(living);
    if (!broker.isUp() || !all.stream().allMatch(one -> one.isUp() && !one.isStopped())) {
      return Optional.of("not everybody is there");
    }
    if (!world.clients().isDone()) {
      return Optional.of("not all is submitted");
    }
    if (!broker.builders().isEmpty() || !broker.runners().isEmpty()) {
      return Optional.of("requests are in the queue or in somebody's hands");
    }
    for (Map.Entry<String, Boolean> id : world.clients().accepted().entrySet()) {
      Optional<String> unrest = unrest(id.getKey(), id.getValue());
      if (unrest.isPresent()) {
        return unrest;
      }
    }
    Optional<String> busy = living.stream().flatMap(worker -> worker.unrest().stream()).findFirst();
    if (busy.isPresent()) {
      return busy;
    }
    if (!world.coordinators().stream().allMatch(Coordinator::isPublished)) {
      return Optional.of("a coordinator has something to say");
    }
    for (int p = 0; p < broker.partitions(); p++) {
      int partition = p;
      if (world.coordinators().stream().noneMatch(one -> one.hasDecided(partition))) {
        return Optional.of("nobody has decided all of partition " + p);
      }
    }
    return unrestOfHosts();
  }

  private Optional<String> unrest(String id, boolean build) {
    String key = build ? BuildDocument.key(id) : VmDocument.key(id);
    Optional<Work> known = checker.work(key);
    if (known.isEmpty()) {
      return Optional.of(key + " was accepted and there is no document");
    }
    if (isOnLostHost(known.get())) {
      return Optional.empty();
    }
    boolean done =
        known.get().outbox().isEmpty()
            && switch (known.get()) {
              case BuildDocument one -> one.phase().isSettled();
              case VmDocument vm ->
                  vm.phase().isSettled()
                      ? vm.desired().goal() != Goal.REMOVE || vm.phase() == Phase.REMOVED
                      : vm.phase() == Phase.RUNNING
                          && vm.desired().goal() == Goal.RUN
                          && vm.reachable()
                          && runs(vm);
            };
    return done ? Optional.empty() : Optional.of(World.brief(known.get()) + " is not done");
  }

  /** What ran on a host that is gone belongs to it; only that it is not reachable can be said. */
  private boolean isOnLostHost(Work work) {
    return work instanceof VmDocument vm
        && vm.outbox().isEmpty()
        && vm.assignment().filter(to -> world.faults().isLost(to.claim().worker())).isPresent()
        && (vm.phase().isSettled() || (vm.running().isPresent() && !vm.reachable()));
  }

  private Optional<String> unrestOfHosts() {
    for (Worker worker : living) {
      for (Map.Entry<String, Host.Machine> machine : worker.host().machines().entrySet()) {
        boolean wanted =
            checker
                .work(VmDocument.key(machine.getValue().vm()))
                .filter(work ->
                    work instanceof VmDocument vm
                        && vm.phase() == Phase.RUNNING
                        && vm.assignment()
                            .filter(to -> to.instance().equals(machine.getKey()))
                            .isPresent())
                .isPresent();
        if (!wanted) {
          return Optional.of(
              "%s runs %s on %s and nobody wants it"
                  .formatted(machine.getKey(), machine.getValue().vm(), worker.name()));
        }
      }
    }
    return Optional.empty();
  }

  void check() {
    Map<String, Instant> newest = new TreeMap<>();
    for (Map.Entry<String, Boolean> id : world.clients().accepted().entrySet()) {
      String key = id.getValue() ? BuildDocument.key(id.getKey()) : VmDocument.key(id.getKey());
      switch (checker.work(key).orElseThrow()) {
        case BuildDocument build -> {
          checkLost(build.id(), broker.buildRequests(), broker.builders(), build.failure());
          checkPublished(build, newest);
        }
        case VmDocument vm ->
            checkLost(vm.id(), broker.runRequests(), broker.runners(), vm.failure());
      }
    }
    checker.images().forEach((reference, image) -> checkImage(reference, image, newest));
    if (!checker.images().keySet().equals(newest.keySet())) {
      throw new Violation(
          "an image is what the last build made",
          checker.images().keySet() + " instead of " + newest.keySet());
    }
  }

  private static void checkLost(
      String id, Log<Request> log, ShareGroup group, Optional<Failure> failure) {
    if (failure.filter(why -> why.code() == FailureCode.LOST).isPresent()
        && log.items().stream()
            .noneMatch(item -> item.value().id().equals(id) && group.wasArchived(item.offset()))) {
      throw new Violation("only what the queue dropped is lost", id);
    }
  }

  private void checkPublished(BuildDocument build, Map<String, Instant> newest) {
    boolean succeeded = build.phase() == BuildDocument.Phase.SUCCEEDED;
    long times = checker.published().values().stream().filter(id -> id.equals(build.id())).count();
    if (times != (succeeded ? 1 : 0)) {
      throw new Violation(
          "an image is published once for each build that succeeded",
          "%s: %d".formatted(World.brief(build), times));
    }
    if (succeeded) {
      newest.merge(
          build.request().tag(), build.endedAt().orElseThrow(), (a, b) -> a.isAfter(b) ? a : b);
    }
  }

  private static void checkImage(
      String reference, ImageDocument image, Map<String, Instant> newest) {
    if (!image.publishedAt().equals(newest.get(reference))) {
      throw new Violation(
          "an image is what the last build made",
          "%s is of %s, the last build ended at %s"
              .formatted(reference, image.publishedAt(), newest.get(reference)));
    }
  }

  /** Whether there is what the document calls running. */
  private boolean runs(VmDocument vm) {
    return vm.assignment()
        .flatMap(to ->
            world
                .worker(to.claim().worker())
                .filter(worker -> worker.host().machines().containsKey(to.instance())))
        .isPresent();
  }
}
