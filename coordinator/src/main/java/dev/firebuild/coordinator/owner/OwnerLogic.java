package dev.firebuild.coordinator.owner;

import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.OwnerLoop;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.decision.BuildDecisions;
import dev.firebuild.protocol.decision.ImageDecisions;
import dev.firebuild.protocol.decision.NameStanding;
import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.decision.VmDecisions;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.CoordinatorEvent;
import dev.firebuild.protocol.event.Event;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes inputs to the decisions and their results to the documents. For one thread. */
final class OwnerLogic implements OwnerLoop.Logic {
  private static final Logger log = LoggerFactory.getLogger(OwnerLogic.class);

  private static final Duration TIDY = Duration.ofMinutes(1);

  private final Topics topics;
  private final Documents documents;
  private final Cluster cluster;
  private final Names names;
  private final Outbox outbox;
  private final Duration keep;
  private Instant lastTidied = Instant.EPOCH;

  /** {@code keep}: settled documents are forgotten so long after their end. */
  OwnerLogic(Topics topics, Documents documents, Cluster cluster, Outbox outbox, Duration keep) {
    this.keep = keep;
    this.topics = topics;
    this.documents = documents;
    this.cluster = cluster;
    this.names = new Names(documents, cluster);
    this.outbox = outbox;
  }

  @Override
  public void assigned(int partition, Collection<Document> loaded) {
    documents.assigned(partition, loaded);
  }

  @Override
  public void revoked(Set<Integer> partitions) {
    documents.revoked(partitions);
  }

  @Override
  public List<OwnerLoop.Write> decide(List<ConsumerRecord<String, byte[]>> records) {
    cluster.turn();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        if (record.topic().equals(topics.events())) {
          EventCodec.decode(record)
              .ifPresent(event -> event(event, Instant.ofEpochMilli(record.timestamp())));
        } else {
          command(record);
        }
      } catch (RuntimeException e) {
        // It would come back to every owner, one after the other: none may fall over it.
        log.atError()
            .addKeyValue("topic", record.topic())
            .addKeyValue("partition", record.partition())
            .addKeyValue("offset", record.offset())
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
  private void sayStored(Work work) {
    if (!documents.isChanged(work.key())) {
      outbox.say(work);
    }
  }

  @Override
  public void committed(List<OwnerLoop.Write> writes) {
    for (OwnerLoop.Write write : writes) {
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
    switch (event.data()) {
      case BuildEvent.Claimed claimed ->
          put(
              BuildDecisions.claimed(
                  documents.build(subject), subject, attempt, event.instance(), claimed, at));
      case BuildEvent told ->
          documents
              .build(subject)
              .flatMap(known -> BuildDecisions.told(known, attempt, event.instance(), told, at))
              .ifPresent(this::put);
      case VmEvent.Claimed claimed -> claimed(subject, attempt, event.instance(), claimed, at);
      case VmEvent told ->
          documents
              .vm(subject)
              .flatMap(known -> VmDecisions.told(known, attempt, event.instance(), told, at))
              .ifPresent(this::put);
      case ImageEvent image -> image(image);
      case NameEvent.Wanted(String name, String vm) -> names.wanted(name, vm, at);
      case WorkerEvent worker -> worker(subject, worker, at);
      case CoordinatorEvent _, UnknownEvent _ -> {}
    }
  }

  private void claimed(
      String id, int attempt, String instance, VmEvent.Claimed claimed, Instant at) {
    Optional<VmDocument> known = documents.vm(id);
    Optional<String> name = known.map(VmDocument::request).orElse(claimed.request()).name();
    NameStanding standing =
        VmDecisions.isGrantable(known, attempt)
            ? names.claimed(id, name, at)
            : NameStanding.UNDECIDED;
    put(VmDecisions.claimed(known, id, attempt, instance, claimed, standing, at));
  }

  /** Decides on VMs that wait for their names. */
  private void name(Instant now) {
    for (Work work : documents.live()) {
      if (work instanceof VmDocument vm) {
        vm.want()
            .flatMap(want -> VmDecisions.named(vm, names.waiting(vm, want), now))
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

  private void command(ConsumerRecord<String, byte[]> record) {
    String subject = record.key();
    if (subject == null || record.value() == null || !documents.owns(subject)) {
      return;
    }
    Command command;
    try {
      command = Json.read(record.value(), Command.class);
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("subject", subject)
          .addKeyValue("reason", e.getMessage())
          .log("a command cannot be read and is skipped");
      return;
    }
    Instant at = Instant.ofEpochMilli(record.timestamp());
    switch (command) {
      case Command.Cancel(Optional<String> reason) ->
          cancel(subject, reason.orElse("cancelled"), at);
      case Command.Remove(boolean _, Optional<Kind> kind) -> {
        switch (kind.orElse(Kind.VM)) {
          case VM -> command(subject, command, at);
          case IMAGE -> removeImage(subject);
          case KERNEL -> documents.delete(subject, KernelDocument.key(subject));
        }
      }
      case Command.Stop _, Command.Kill _ -> command(subject, command, at);
    }
  }

  private void cancel(String build, String reason, Instant at) {
    Optional<BuildDocument> known = documents.build(build);
    BuildDecisions.cancel(
            known, known.isPresent() ? Optional.empty() : cluster.unclaimedBuild(build), reason, at)
        .ifPresent(this::put);
  }

  private void command(String vm, Command command, Instant at) {
    Optional<VmDocument> known = documents.vm(vm);
    VmDecisions.command(
            known, known.isPresent() ? Optional.empty() : cluster.unclaimedVm(vm), command, at)
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
    cluster.told(work);
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
