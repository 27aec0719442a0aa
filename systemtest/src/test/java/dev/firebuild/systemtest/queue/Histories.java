package dev.firebuild.systemtest.queue;

import dev.firebuild.protocol.decision.OwnerEvents;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.event.LogChunk;
import dev.firebuild.protocol.event.UnknownEvent;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.simulation.world.Parts;
import dev.firebuild.simulation.world.Records;
import dev.firebuild.simulation.world.World;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Hard histories: what simulated workers, owners and brokers have left behind while they were
 * killed, cut off, frozen and started again. Chosen so that every rule for readers decides
 * something and everything that can happen to a build or VM happens.
 *
 * @param events of each subject in order
 * @param documents what became of everything
 * @param headless builds whose events begin in the middle: the log has lost the rest
 */
record Histories(List<Event> events, List<Document> documents, Set<String> headless) {
  private static final int MOST = 5000;

  /** One that a later version may have. */
  static final String LATER_TYPE = "dev.firebuild.build.levitated.v1";

  /** Room between two numbers for what is said in between. */
  private static final long GAP = 16;

  private static final int LONGEST_REPETITION = 8;

  private static final Set<EventType> NOT_SIMULATED =
      EnumSet.of(EventType.BUILD_REJECTED, EventType.KERNEL_PUBLISHED, EventType.IMAGE_REMOVED);

  private static final EventData ENDED_OTHERWISE =
      new BuildEvent.Failed(Failure.of(FailureCode.INTERNAL, "what does not count"));

  private static final List<EventData> BUILD_OUTPUT =
      List.of(
          new BuildEvent.Planned(
              List.of(
                  new BuildEvent.Planned.Stage(
                      0, "0", "scratch", List.of(new BuildEvent.Planned.Step(1, "[1/1]", 1, 1))))),
          new BuildEvent.StepCached(1),
          new BuildEvent.StepFinished(1, 2),
          new BuildEvent.Log(1, LogChunk.of("stdout", "ä\n".getBytes(StandardCharsets.UTF_8))),
          new BuildEvent.Log(1, LogChunk.of("stderr", new byte[] {(byte) 0xff, 0})),
          new UnknownEvent(LATER_TYPE, "{}"),
          new BuildEvent.LogTruncated(1, Optional.of(2L)));

  private static final List<EventData> VM_OUTPUT =
      List.of(
          new VmEvent.Log(0, LogChunk.of("stdout", new byte[] {'a'})),
          new UnknownEvent(LATER_TYPE, "{}"),
          new VmEvent.Health("healthy"));

  /** Everything that simulated parts say about work, and every rule. */
  private static final class Wanted {
    final Set<DocumentedRules.Rule> rules = EnumSet.allOf(DocumentedRules.Rule.class);
    final Set<EventType> types = EnumSet.complementOf(EnumSet.copyOf(NOT_SIMULATED));

    /** Whether {@code one} has something that was still wanted. */
    boolean take(Histories one) {
      boolean isNew = rules.removeAll(rulesOf(one.events()));
      return types.removeAll(typesOf(one.events())) || isNew;
    }

    boolean isEmpty() {
      return rules.isEmpty() && types.isEmpty();
    }
  }

  /** The first schedules from {@code seed} on that have it all. */
  static Histories from(long seed) {
    List<Event> events = new ArrayList<>();
    List<Document> documents = new ArrayList<>();
    Set<String> headless = new TreeSet<>();
    Wanted wanted = new Wanted();
    for (long next = seed; !wanted.isEmpty(); next++) {
      if (next - seed > MOST) {
        throw new AssertionError(
            "%d schedules from %d on do not have: %s %s"
                .formatted(MOST, seed, wanted.rules, wanted.types));
      }
      Histories one = of(next);
      if (wanted.take(one)) {
        events.addAll(one.events());
        documents.addAll(one.documents());
        headless.addAll(one.headless());
      }
    }
    return new Histories(List.copyOf(events), List.copyOf(documents), Set.copyOf(headless));
  }

  /**
   * The schedule {@code seed}, told with repetitions, with output, and here and there cut short.
   */
  static Histories of(long seed) {
    World world = new World(seed, new Parts(), false, "s" + seed + ".");
    world.run();
    Records records = world.records();
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Work> works =
        records.documents().stream()
            .filter(Work.class::isInstance)
            .map(Work.class::cast)
            .collect(Collectors.toMap(Work::id, work -> work));
    Map<String, List<Event>> bySubject = bySubject(records.events());
    Set<String> headless = new TreeSet<>();
    List<Event> events = new ArrayList<>();
    bySubject.forEach((subject, said) -> {
      List<Event> told = said;
      Work work = works.get(subject);
      if (work != null) {
        told = withOutput(said);
        Optional<List<Event>> rest = afterTheClaim(told, work);
        if (random.nextInt(6) == 0 && rest.isPresent()) {
          told = rest.get();
          headless.add(subject);
        }
      }
      events.addAll(withRepetitions(told, random));
    });
    return new Histories(List.copyOf(events), records.documents(), Set.copyOf(headless));
  }

  private static Map<String, List<Event>> bySubject(List<Event> events) {
    Map<String, List<Event>> all = new HashMap<>();
    events.forEach(
        event -> all.computeIfAbsent(event.subject(), _ -> new ArrayList<>()).add(event));
    return all;
  }

  static Set<EventType> typesOf(List<Event> events) {
    return events.stream()
        .flatMap(event -> EventType.ofType(event.type()).stream())
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(EventType.class)));
  }

  /** The rules that decide something in {@code events}. */
  static Set<DocumentedRules.Rule> rulesOf(List<Event> events) {
    Set<DocumentedRules.Rule> used = EnumSet.noneOf(DocumentedRules.Rule.class);
    bySubject(events).values().stream()
        .filter(said -> isWork(said.getFirst().data()))
        .forEach(said -> {
          DocumentedRules rules = new DocumentedRules();
          said.forEach(event -> used.add(rules.next(event)));
        });
    return used;
  }

  static boolean isWork(EventData data) {
    return data instanceof BuildEvent || data instanceof VmEvent;
  }

  /** With all that workers say besides what decides, and with what nobody may say. */
  private static List<Event> withOutput(List<Event> said) {
    List<Event> all = new ArrayList<>();
    for (Event event : said) {
      all.add(numbered(event, 0, event.data()));
      List<EventData> more =
          switch (event.data()) {
            case BuildEvent.Started _ -> BUILD_OUTPUT;
            case VmEvent.Running _ -> VM_OUTPUT;
            case BuildEvent.Requeued again -> List.of(again);
            case BuildEvent.Cancelled _ when isOwners(event) -> List.of(ENDED_OTHERWISE);
            default -> List.of();
          };
      for (int i = 0; i < more.size(); i++) {
        all.add(numbered(event, i + 1, more.get(i)));
      }
      if (event.data() instanceof BuildEvent.Started) {
        all.add(impostors(event));
      }
    }
    return all;
  }

  private static boolean isOwners(Event event) {
    return event.instance().equals(OwnerEvents.INSTANCE);
  }

  /** No part of firebuild speaks without a grant, but the page says what is to be done then. */
  private static Event impostors(Event event) {
    return new Event(
        event.id() + "-impostor",
        "impostor",
        event.subject(),
        event.time(),
        event.attempt(),
        "impostor",
        event.seq() * GAP,
        ENDED_OTHERWISE);
  }

  private static Event numbered(Event event, int later, EventData data) {
    return new Event(
        event.id() + (later == 0 ? "" : "-" + later),
        event.source(),
        event.subject(),
        event.time(),
        event.attempt(),
        event.instance(),
        event.seq() * GAP + later,
        data);
  }

  /** What the log still has of a build of which it has lost the granted claim, if that is clear. */
  private static Optional<List<Event>> afterTheClaim(List<Event> said, Work work) {
    if (!(work instanceof BuildDocument build) || build.assignment().isEmpty()) {
      return Optional.empty();
    }
    String granted = build.assignment().get().instance();
    for (int i = 0; i < said.size() - 1; i++) {
      if (said.get(i).data() instanceof BuildEvent.Claimed
          && said.get(i).instance().equals(granted)) {
        List<Event> rest = said.subList(i + 1, said.size());
        return rest.getFirst().instance().equals(granted)
                && rest.stream().noneMatch(event -> event.data() instanceof BuildEvent.Claimed)
            ? Optional.of(rest)
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** As a log has it whose records are written at least once. */
  private static List<Event> withRepetitions(List<Event> said, SplittableRandom random) {
    List<Event> all = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      all.add(said.get(i));
      if (random.nextInt(6) == 0) {
        all.addAll(said.subList(Math.max(0, i - random.nextInt(LONGEST_REPETITION)), i + 1));
      }
    }
    return all;
  }
}
