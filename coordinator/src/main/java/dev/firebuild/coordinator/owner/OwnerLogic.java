package dev.firebuild.coordinator.owner;

import dev.firebuild.protocol.decision.ImageDecisions;
import dev.firebuild.protocol.decision.NameStanding;
import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.decision.Rules;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.ImageEvent;
import dev.firebuild.protocol.event.NameEvent;
import dev.firebuild.protocol.event.UnknownEvent;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.event.WorkerEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.Command.Remove.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes inputs to the decisions and their results to the documents. For one thread. */
public class OwnerLogic {
  private static final Logger log = LoggerFactory.getLogger(OwnerLogic.class);

  private static final Duration TIDY = Duration.ofMinutes(1);

  private final Documents documents;
  private final Cluster cluster;
  private final Names names;
  private final Outbox outbox;
  private final Rules rules;
  private final Duration keep;
  private Instant lastTidied = Instant.EPOCH;

  /** {@code keep}: settled documents are forgotten so long after their end. */
  public OwnerLogic(
      Documents documents, Cluster cluster, Outbox outbox, Rules rules, Duration keep) {
    this.keep = keep;
    this.rules = rules;
    this.documents = documents;
    this.cluster = cluster;
    this.names = new Names(documents, cluster);
    this.outbox = outbox;
  }

  /** {@code partition} is owned from now on; {@code loaded} are all its documents. */
  public void assigned(int partition, Collection<Document> loaded) {
    documents.assigned(partition, loaded);
  }

  /** These partitions are owned no more: their documents are forgotten. */
  public void revoked(Set<Integer> partitions) {
    documents.revoked(partitions);
  }

  /**
   * Decides on new inputs, and on what time brings: also without any input it is called often.
   *
   * @return what shall be stored, in order; it is acted upon in {@link #committed} only
   */
  public List<Write> decide(List<Input> inputs) {
    cluster.turn();
    for (Input input : inputs) {
      try {
        switch (input) {
          case Input.Told(Event event, Instant at) -> event(event, at);
          case Input.Commanded(String subject, Command command, Instant at) ->
              command(subject, command, at);
        }
      } catch (RuntimeException e) {
        // It would come back to every owner, one after the other: none may fall over it.
        log.atError()
            .addKeyValue("input", input.getClass().getSimpleName())
            .addKeyValue("subject", input.subject())
            .setCause(e)
            .log("an input cannot be decided on and is skipped");
      }
    }
    for (Optional<Outbox.Said> said = outbox.nextDone();
        said.isPresent();
        said = outbox.nextDone()) {
      forget(said.get());
    }
    Instant now = cluster.now();
    cluster.judge(documents, now);
    cluster.passed(documents, now);
    name(now);
    if (now.isAfter(lastTidied.plus(TIDY))) {
      lastTidied = now;
      documents.forgetBefore(now.minus(keep));
      names.tidy(now);
    }
    // What could not be said, or was stored by a predecessor.
    documents.live().stream().filter(work -> !work.outbox().isEmpty()).forEach(this::sayStored);
    return documents.take();
  }

  /** Only what is stored may be said: changes of this turn wait for {@link #committed}. */
  protected void sayStored(Work work) {
    if (!documents.isChanged(work.key())) {
      outbox.say(work);
    }
  }

  /** Whether nothing is at work and nothing is to be said: time alone brings nothing soon. */
  public boolean isIdle() {
    return documents.live().isEmpty();
  }

  /** What {@link #decide} returned is stored: now it is acted upon. */
  public void committed(List<Write> writes) {
    for (Write write : writes) {
      if (write.document().orElse(null) instanceof Work work) {
        outbox.say(work);
      }
    }
  }

  private void event(Event event, Instant at) {
    if (event.instance().equals(OwnerEvents.INSTANCE) || !documents.owns(event.subject())) {
      return;
    }
    String subject = event.subject();
    int attempt = Math.max(1, event.attempt());
    claimOf(event.data()).ifPresent(cluster::claimed);
    switch (event.data()) {
      case BuildEvent.Claimed claimed ->
          put(
              rules
                  .builds()
                  .claimed(
                      documents.build(subject), subject, attempt, event.instance(), claimed, at));
      case BuildEvent told ->
          documents
              .build(subject)
              .flatMap(known -> rules.builds().told(known, attempt, event.instance(), told, at))
              .ifPresent(this::put);
      case VmEvent.Claimed claimed -> claimed(subject, attempt, event.instance(), claimed, at);
      case VmEvent told ->
          documents
              .vm(subject)
              .flatMap(known -> rules.vms().told(known, attempt, event.instance(), told, at))
              .ifPresent(this::put);
      case ImageEvent image -> image(image);
      case NameEvent.Wanted(String name, String vm) -> names.wanted(name, vm, at);
      case WorkerEvent worker -> worker(subject, worker, at);
      case CoordinatorEvent _, UnknownEvent _ -> {}
    }
  }

  private static Optional<Claim> claimOf(EventData data) {
    return switch (data) {
      case BuildEvent.Claimed claimed -> Optional.of(claimed.claim());
      case VmEvent.Claimed claimed -> Optional.of(claimed.claim());
      default -> Optional.empty();
    };
  }

  private void claimed(
      String id, int attempt, String instance, VmEvent.Claimed claimed, Instant at) {
    Optional<VmDocument> known = documents.vm(id);
    Optional<String> name = known.map(VmDocument::request).orElse(claimed.request()).name();
    NameStanding standing =
        rules.vms().isGrantable(known, attempt)
            ? names.claimed(id, name, at)
            : NameStanding.UNDECIDED;
    put(rules.vms().claimed(known, id, attempt, instance, claimed, standing, at));
  }

  /** Decides on VMs that wait for their names. */
  private void name(Instant now) {
    for (Work work : documents.live()) {
      if (work instanceof VmDocument vm) {
        vm.want()
            .flatMap(want -> rules.vms().named(vm, names.waiting(vm, want), now))
            .ifPresent(this::put);
      }
    }
  }

  private void image(ImageEvent event) {
    switch (event) {
      case ImageEvent.Published published ->
          ImageDecisions.published(documents.image(published.reference()), published)
              .ifPresent(document -> documents.put(document.reference(), document));
      case ImageEvent.KernelPublished published ->
          ImageDecisions.published(documents.kernel(published.name()), published)
              .ifPresent(document -> documents.put(document.name(), document));
      case ImageEvent.Removed(String reference) ->
          documents.delete(reference, ImageDocument.key(reference));
    }
  }

  private void worker(String id, WorkerEvent event, Instant at) {
    switch (event) {
      case WorkerEvent.Started(var info) -> worker(id, info, at);
      case WorkerEvent.Heartbeat(var info) -> worker(id, info, at);
      case WorkerEvent.Stopping(String incarnation) ->
          documents
              .worker(id)
              .filter(known -> known.info().incarnation().equals(incarnation))
              .ifPresent(known -> documents.put(id, known.withState("stopped", at)));
    }
  }

  private void worker(String id, WorkerEvent.WorkerInfo info, Instant at) {
    WorkerDocument next = new WorkerDocument(id, info.withInstances(List.of()), "up", at);
    boolean newer =
        documents
            .worker(id)
            .filter(known -> known.state().equals("up"))
            .map(known ->
                known.info().life() <= info.life() && !known.withState("up", at).equals(next))
            .orElse(true);
    if (newer) {
      documents.put(id, next);
    }
  }

  private void command(String subject, Command command, Instant at) {
    if (!documents.owns(subject)) {
      return;
    }
    switch (command) {
      case Command.Cancel(Optional<String> reason) ->
          cancel(subject, reason.orElse("cancelled"), at);
      case Command.Remove(boolean _, Optional<Kind> kind) -> {
        switch (kind.orElse(Kind.VM)) {
          case VM -> wish(subject, command, at);
          case IMAGE -> removeImage(subject);
          case KERNEL -> documents.delete(subject, KernelDocument.key(subject));
        }
      }
      case Command.Stop _, Command.Kill _ -> wish(subject, command, at);
    }
  }

  private void cancel(String build, String reason, Instant at) {
    Optional<BuildDocument> known = documents.build(build);
    rules
        .builds()
        .cancel(
            known, known.isPresent() ? Optional.empty() : cluster.unclaimedBuild(build), reason, at)
        .ifPresent(this::put);
  }

  private void wish(String vm, Command command, Instant at) {
    Optional<VmDocument> known = documents.vm(vm);
    rules
        .vms()
        .command(known, known.isPresent() ? Optional.empty() : cluster.unclaimedVm(vm), command, at)
        .ifPresent(this::put);
  }

  private void removeImage(String reference) {
    if (documents.image(reference).isPresent()) {
      documents.delete(reference, ImageDocument.key(reference));
      cluster.imageRemoved(reference);
    }
  }

  private void put(Work work) {
    documents.put(work.id(), work);
    cluster.named(work);
  }

  /** What is said leaves the outbox. */
  private void forget(Outbox.Said said) {
    Work about = said.document();
    Optional<? extends Work> known =
        switch (about) {
          case BuildDocument build -> documents.build(build.id());
          case VmDocument vm -> documents.vm(vm.id());
        };
    known.ifPresent(work -> {
      List<OutboxEntry> rest =
          work.outbox().stream().filter(entry -> !entry.equals(said.entry())).toList();
      if (rest.size() < work.outbox().size()) {
        documents.put(work.id(), work.withOutbox(rest));
      }
    });
  }
}
