package dev.firebuild.systemtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.protocol.event.WorkerEvent.WorkerInfo;
import dev.firebuild.systemtest.queue.Installation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/** What must hold of a build that has succeeded, whatever happened before. */
record Invariants(Ground ground, String build) {
  /** What a document tells of a build's course. */
  private record State(Phase phase, int attempt, Optional<String> instance) {
    static State of(BuildDocument document) {
      return new State(
          document.phase(), document.attempt(), document.assignment().map(to -> to.instance()));
    }
  }

  /**
   * Waits until the build has succeeded, then looks at everything.
   *
   * @param attempt that must have done it
   * @param worker that must have done it
   */
  static void check(Ground ground, String build, int attempt, String worker) throws Exception {
    BuildDocument document = ground.all.awaitBuild(build, Phase.SUCCEEDED);
    assertThat(document.attempt()).as("attempt of " + build).isEqualTo(attempt);
    assertThat(document.assignment().orElseThrow().claim().worker()).isEqualTo(worker);
    Invariants invariants = new Invariants(ground, build);
    invariants.endsOnce();
    invariants.documentsAreTheFoldOfTheEvents();
    invariants.isPublishedOnce();
    invariants.nothingIsHeld();
  }

  private void endsOnce() {
    assertThat(ground.all.believed(build)).filteredOn(SubjectFold::isTerminal).hasSize(1);
  }

  /**
   * The documents that were committed are states of an own fold over the events, in their order, up
   * to the last one. Not all: of what an owner reads together it writes the last state.
   */
  private void documentsAreTheFoldOfTheEvents() {
    ground.all.believed(build);
    List<State> course = new ArrayList<>();
    SubjectFold fold = SubjectFold.fresh();
    for (Event event : ground.said(build)) {
      if (fold.accept(event)) {
        next(event).ifPresent(course::add);
      }
    }
    List<State> stored =
        ground.committed.of(build).stream()
            .map(one -> State.of(one.document()))
            .distinct()
            .toList();
    assertThat(course).containsSubsequence(stored);
    assertThat(stored.getLast()).isEqualTo(course.getLast());
  }

  private static Optional<State> next(Event event) {
    Optional<String> by = Optional.of(event.instance());
    return switch (event.data()) {
      case BuildEvent.Claimed _ -> Optional.of(new State(Phase.ASSIGNED, event.attempt(), by));
      case BuildEvent.Started _ -> Optional.of(new State(Phase.RUNNING, event.attempt(), by));
      case BuildEvent.Succeeded _ -> Optional.of(new State(Phase.SUCCEEDED, event.attempt(), by));
      case BuildEvent.Requeued _ ->
          Optional.of(new State(Phase.QUEUED, event.attempt(), Optional.empty()));
      default -> Optional.empty();
    };
  }

  private void isPublishedOnce() {
    await("image of " + build)
        .atMost(Installation.PATIENCE)
        .until(() ->
            ground.all.documents.values().stream()
                .anyMatch(one ->
                    one instanceof ImageDocument image && image.image().build().equals(build)));
    assertThat(ground.all.log)
        .filteredOn(event ->
            event.data() instanceof ImageEvent.Published published
                && published.image().build().equals(build))
        .extracting(Event::id)
        .as("publications of the image; a repetition has the same id")
        .containsOnly(build + "-published");
  }

  /** No worker that lives has an instance of the build, and no request is in anybody's hands. */
  private void nothingIsHeld() throws Exception {
    List<String> instances = ground.said(build).stream().map(Event::instance).distinct().toList();
    int from = ground.all.log.size();
    await("heartbeats without " + instances)
        .atMost(Installation.PATIENCE)
        .until(() -> {
          List<Event> since = List.copyOf(ground.all.log).stream().skip(from).toList();
          Map<String, List<WorkerInfo>> heartbeats = heartbeats(since);
          // Who speaks twice gives all others the time to speak once.
          return heartbeats.values().stream().anyMatch(spoken -> spoken.size() > 1)
              && heartbeats.values().stream()
                  .map(List::getLast)
                  .allMatch(info -> Collections.disjoint(info.instances(), instances));
        });
    try (Admin admin = ground.all.settings.admin("invariants")) {
      await("all requests to be accepted")
          .atMost(Installation.PATIENCE)
          .untilAsserted(() -> assertThat(Requests.open(admin, ground.all.settings)).contains(0L));
    }
  }

  private static Map<String, List<WorkerInfo>> heartbeats(List<Event> events) {
    Map<String, List<WorkerInfo>> heartbeats = new HashMap<>();
    for (Event event : events) {
      if (event.data() instanceof WorkerEvent.Heartbeat(WorkerInfo info)) {
        heartbeats.computeIfAbsent(event.subject(), _ -> new ArrayList<>()).add(info);
      }
    }
    return heartbeats;
  }
}
