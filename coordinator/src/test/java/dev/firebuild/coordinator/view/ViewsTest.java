package dev.firebuild.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ViewsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final Views views = new Views();

  @Test
  void requestIsQueuedUntilItsDocumentComes() {
    views.applyRequest("b1", build(), NOW);
    assertThat(views.build("b1").orElseThrow().phase()).isEqualTo(BuildDocument.Phase.QUEUED);
    assertThat(views.build("b1").orElseThrow().attempt()).isZero();

    views.apply(BuildDocument.queued("b1", build().withId("b1"), 1, NOW));
    assertThat(views.builds()).hasSize(1);
    assertThat(views.build("b1").orElseThrow().attempt()).isEqualTo(1);
  }

  @Test
  void documentMayComeBeforeTheRequest() {
    views.apply(BuildDocument.queued("b1", build().withId("b1"), 2, NOW));
    views.applyRequest("b1", build(), NOW);

    assertThat(views.builds()).hasSize(1);
    assertThat(views.buildQueue().all()).isEmpty();
  }

  /** A reader looks again and again, while builds and VMs leave the queue for their documents. */
  @Test
  void whatLeavesTheQueueIsThereAllTheTime() throws Exception {
    AtomicReference<String> present = new AtomicReference<>("none");
    AtomicBoolean done = new AtomicBoolean();
    List<String> missed = new CopyOnWriteArrayList<>();
    views.apply(BuildDocument.queued("none", build().withId("none"), 1, NOW));
    views.apply(vm("none", NOW, VmDocument.Phase.QUEUED));
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                String id = present.get();
                if (views.build(id).isEmpty() || views.vmOfId(id).isEmpty()) {
                  missed.add(id);
                }
              }
            });

    for (int i = 0; i < 20_000; i++) {
      String id = "b" + i;
      BuildRequest build = build().withId(id);
      VmDocument vm = vm(id, NOW, VmDocument.Phase.QUEUED);
      views.applyRequest(id, build, NOW);
      views.applyRequest(id, vm.request(), NOW);
      present.set(id);
      views.apply(BuildDocument.queued(id, build, 1, NOW));
      views.apply(vm);
    }
    done.set(true);
    reader.join();

    assertThat(missed).isEmpty();
  }

  @Test
  void tombstoneRemoves() {
    views.apply(BuildDocument.queued("b1", build().withId("b1"), 1, NOW));
    views.removeDocument("build/b1");

    assertThat(views.build("b1")).isEmpty();
    assertThat(views.builds()).isEmpty();
  }

  @Test
  void whatWasRemovedAndIsAskedForAgainIsNew() {
    views.apply(BuildDocument.queued("b1", build().withId("b1"), 1, NOW));
    views.applyRequest("b2", build(), NOW.plusSeconds(1));
    views.removeDocument("build/b1");
    views.applyRequest("b1", build(), NOW.plusSeconds(2));

    assertThat(views.builds()).extracting(build -> build.id()).containsExactly("b1", "b2");
  }

  @Test
  void nameIsThatOfTheNewestVmThatIsNotRemoved() {
    views.apply(vm("v1", NOW, VmDocument.Phase.EXITED));
    views.apply(vm("v2", NOW.plusSeconds(1), VmDocument.Phase.RUNNING));
    views.apply(vm("v3", NOW.plusSeconds(2), VmDocument.Phase.REMOVED));

    assertThat(views.vm("web").orElseThrow().id()).isEqualTo("v2");
    assertThat(views.vm("v1").orElseThrow().id()).isEqualTo("v1");
    assertThat(views.vms()).extracting(vm -> vm.id()).containsExactly("v2", "v1");
  }

  @Test
  void nameIsThatOfTheVmThatHasIt() {
    views.apply(
        vm("v1", NOW, VmDocument.Phase.QUEUED)
            .assigned(
                1,
                new Assignment(
                    "i",
                    new Claim("t", 0, 0, "w", "incarnation", Optional.empty(), Optional.empty())))
            .withPhase(VmDocument.Phase.EXITED));
    views.apply(new NameDocument("web", "v1", NOW));
    views.apply(vm("refused", NOW.plusSeconds(1), VmDocument.Phase.FAILED));

    assertThat(views.vm("web").orElseThrow().id()).isEqualTo("v1");
    assertThat(views.named("web").orElseThrow().id()).isEqualTo("v1");

    views.apply(vm("v1", NOW, VmDocument.Phase.REMOVED));
    assertThat(views.named("web")).isEmpty();
    assertThat(views.vm("web").orElseThrow().id()).isEqualTo("refused");
  }

  @Test
  void awaitReturnsAsSoonAsSomethingIsThere() throws Exception {
    Thread later =
        Thread.ofVirtual()
            .start(() -> {
              views.applyRequest("b1", build(), NOW);
              views.signal();
            });

    assertThat(views.await(() -> views.build("b1"), Duration.ofMinutes(1))).isPresent();
    assertThat(views.await(() -> views.build("b2"), Duration.ofMillis(10))).isEmpty();
    later.join();
  }

  @Test
  void indexForgetsTheLongestSilentSubject() {
    SubjectIndex index = new SubjectIndex(2);
    for (String subject : List.of("a", "b", "a", "c")) {
      index.add(
          0, 7, 1, new Event("e", "w", subject, NOW, 1, "i", 1, new BuildEvent.StepStarted(1)));
    }

    assertThat(index.find("a")).isPresent();
    assertThat(index.find("b")).isEmpty();
    assertThat(index.isComplete(0, Optional.of(NOW))).isFalse();
  }

  @Test
  void whereTheIndexBeganLateItKnowsOnlyWhatCameLater() {
    SubjectIndex index = new SubjectIndex(2);
    index.leftOut(1);
    index.add(
        1,
        7,
        NOW.toEpochMilli(),
        new Event("e", "w", "a", NOW, 1, "i", 1, new BuildEvent.StepStarted(1)));

    assertThat(index.isComplete(0, Optional.empty())).isTrue();
    assertThat(index.isComplete(1, Optional.empty())).isFalse();
    assertThat(index.isComplete(1, Optional.of(NOW))).isFalse();
    assertThat(index.isComplete(1, Optional.of(NOW.plusMillis(1)))).isTrue();
  }

  private static BuildRequest build() {
    return Json.read(
        "{\"tag\":\"a\",\"source\":{\"dockerfile\":\"FROM scratch\"}}"
            .getBytes(StandardCharsets.UTF_8),
        BuildRequest.class);
  }

  private static VmDocument vm(String id, Instant at, VmDocument.Phase phase) {
    RunRequest request =
        Json.read(
            "{\"image\":\"a\",\"name\":\"web\"}".getBytes(StandardCharsets.UTF_8),
            RunRequest.class);
    return new VmDocument(
        id,
        request.withId(id),
        phase,
        1,
        Optional.empty(),
        VmDocument.Desired.RUN,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        at,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
