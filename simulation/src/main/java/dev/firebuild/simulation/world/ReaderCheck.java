package dev.firebuild.simulation.world;

import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Readers of the events of each subject: one that reads once, one that is interrupted and reads
 * again from an earlier place, one that begins where the log has lost all but the last attempt.
 * They agree with each other and with the document.
 */
final class ReaderCheck {
  private final World world;
  private final Chance chance;

  private record Read(List<Event> believed, int attempt, boolean settled) {
    Optional<Event> end() {
      return believed.stream()
          .filter(event -> SubjectFold.isTerminal(event.data()))
          .reduce((_, later) -> later);
    }
  }

  ReaderCheck(World world) {
    this.world = world;
    this.chance = world.chance();
  }

  void check() {
    for (Map.Entry<String, Boolean> id : world.clients().accepted().entrySet()) {
      String key = id.getValue() ? BuildDocument.key(id.getKey()) : VmDocument.key(id.getKey());
      check(id.getKey(), world.checker().work(key).orElseThrow());
    }
  }

  private void check(String id, Work document) {
    List<Event> log = events(id);
    Read once = read(log, false);
    Read again = read(log, true);
    if (!once.equals(again)) {
      throw new Violation(
          "all readers agree", "%s: %s, and with repetitions %s".formatted(id, once, again));
    }
    checkEnd(document, once);
    Read late = read(lastAttempt(log, document.attempt()), false);
    checkEnd(document, late);
  }

  private List<Event> events(String id) {
    Broker broker = world.broker();
    List<Event> all = new ArrayList<>();
    for (Log.Item<Event> item : broker.events(broker.partitionOf(id)).items()) {
      if (item.value().subject().equals(id)) {
        all.add(item.value());
      }
    }
    return all;
  }

  private static List<Event> lastAttempt(List<Event> log, int attempt) {
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).attempt() >= attempt) {
        return log.subList(i, log.size());
      }
    }
    return List.of();
  }

  private Read read(List<Event> log, boolean repeats) {
    SubjectFold fold = SubjectFold.fresh();
    List<Event> believed = new ArrayList<>();
    for (int i = 0; i < log.size(); i++) {
      if (fold.accept(log.get(i))) {
        believed.add(log.get(i));
      }
      if (repeats && chance.oneIn(3)) {
        for (int j = chance.between(0, i); j <= i; j++) {
          if (fold.accept(log.get(j))) {
            throw new Violation("what was read is not believed again", log.get(j).toString());
          }
        }
      }
    }
    return new Read(believed, fold.attempt(), fold.isSettled());
  }

  private static void checkEnd(Work document, Read read) {
    Optional<EventData> end = read.end().map(Event::data);
    boolean agrees =
        read.attempt() == document.attempt()
            && switch (document) {
              case BuildDocument build ->
                  switch (build.phase()) {
                    case SUCCEEDED ->
                        end.filter(BuildEvent.Succeeded.class::isInstance).isPresent()
                            && read.end()
                                .map(Event::instance)
                                .equals(build.assignment().map(to -> to.instance()));
                    case FAILED -> end.filter(BuildEvent.Failed.class::isInstance).isPresent();
                    case CANCELLED ->
                        end.filter(BuildEvent.Cancelled.class::isInstance).isPresent();
                    case QUEUED, ASSIGNED, RUNNING -> false;
                  };
              case VmDocument vm ->
                  switch (vm.phase()) {
                    case EXITED -> end.filter(VmEvent.Exited.class::isInstance).isPresent();
                    case FAILED ->
                        end.filter(data ->
                                data instanceof VmEvent.Failed || data instanceof VmEvent.Rejected)
                            .isPresent();
                    case REMOVED -> end.filter(VmEvent.Removed.class::isInstance).isPresent();
                    case QUEUED, ASSIGNED, STARTING, RUNNING, STOPPING -> !read.settled();
                  };
            };
    if (!agrees) {
      throw new Violation(
          "readers agree with the document",
          "%s; a reader is at attempt %d and believes %s"
              .formatted(World.brief(document), read.attempt(), read.believed()));
    }
  }
}
