package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.firebuild.protocol.decision.BuildDecisions;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.BuildDocument.Phase;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.ImageEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** That builds were done, and each once. */
final class DoneOnce {
  private final Map<String, Document> documents;
  private final Map<String, List<Event>> events;
  private final Map<String, Set<String>> publications;

  private DoneOnce(Installation all) {
    this.documents = all.documents;
    this.events = all.log.stream().collect(Collectors.groupingBy(Event::subject));
    this.publications = publications(all);
  }

  /** Waits until the images of {@code builds} are known, then looks at each. */
  static void check(Installation all, List<String> builds) {
    await()
        .atMost(Installation.PATIENCE)
        .until(() -> publications(all).keySet().containsAll(builds));
    DoneOnce done = new DoneOnce(all);
    builds.forEach(done::check);
  }

  /** The ids of what says that an image is published, by its build. */
  private static Map<String, Set<String>> publications(Installation all) {
    return all.log.stream()
        .filter(event -> event.data() instanceof ImageEvent.Published)
        .collect(
            Collectors.groupingBy(
                event -> ((ImageEvent.Published) event.data()).image().build(),
                Collectors.mapping(Event::id, Collectors.toSet())));
  }

  /** One end that counts, one image, and a document that is the fold of the events. */
  private void check(String id) {
    List<Event> said = events.getOrDefault(id, List.of());
    SubjectFold reader = SubjectFold.fresh();
    List<Event> believed = said.stream().filter(reader::accept).toList();
    assertThat(believed)
        .as("ends of %s", id)
        .filteredOn(event -> SubjectFold.isTerminal(event.data()))
        .singleElement()
        .extracting(Event::data)
        .isInstanceOf(BuildEvent.Succeeded.class);
    assertThat(
            believed.stream()
                .filter(event -> event.data() instanceof BuildEvent.Started)
                .map(Event::attempt))
        .as("starts of %s", id)
        .doesNotHaveDuplicates();
    assertThat(publications.get(id)).as("images of %s", id).hasSize(1);
    BuildDocument stored =
        (BuildDocument) Objects.requireNonNull(documents.get(BuildDocument.key(id)));
    assertThat(refold(id, said)).isEqualTo(Course.of(stored));
  }

  /** What a document tells of a build's course, but times. */
  private record Course(Phase phase, int attempt, Optional<String> instance) {
    static Course of(BuildDocument document) {
      return new Course(
          document.phase(), document.attempt(), document.assignment().map(to -> to.instance()));
    }
  }

  private static Course refold(String id, List<Event> said) {
    BuildDecisions rules = Rules.STANDARD.builds();
    Optional<BuildDocument> document = Optional.empty();
    for (Event event : said) {
      Optional<BuildDocument> known = document;
      document =
          switch (event.data()) {
            case BuildEvent.Claimed claimed ->
                Optional.of(
                    rules.claimed(
                        known, id, event.attempt(), event.instance(), claimed, Instant.EPOCH));
            case BuildEvent.Requeued(int attempt, String _, String _) ->
                known.map(one -> one.attempt() < attempt ? one.requeued(attempt) : one);
            case BuildEvent told ->
                known.map(one ->
                    rules
                        .told(one, event.attempt(), event.instance(), told, Instant.EPOCH)
                        .orElse(one));
            default -> known;
          };
    }
    return Course.of(document.orElseThrow());
  }
}
