package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.decision.NameDecisions.Holder;
import dev.firebuild.protocol.document.Assignment;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.VmDocument.Phase;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Several VMs that want one name, two owners, each document in a partition of its own: every owner
 * reads what the other one wrote late and in any order of partitions, asks twice, begins anew.
 */
final class NameWorld {
  private static final VmDecisions DECISIONS = new VmDecisions();

  private static final String NAME = "web";
  private static final String KEY = NameDocument.key(NAME);

  final Map<String, VmDocument> vms = new LinkedHashMap<>();
  private final RandomGenerator random;
  private final boolean sluggish;
  private final Map<String, List<Document>> log = new HashMap<>();
  private final List<Owner> owners = List.of(new Owner(), new Owner());
  private final List<String> wanted = new ArrayList<>();
  private Optional<NameDocument> name = Optional.empty();
  private Instant now = Instant.EPOCH;
  private int instances;

  /** What one coordinator has read of all partitions. */
  private static final class Owner {
    final Map<String, Integer> read = new HashMap<>();
    final Map<String, Document> seen = new HashMap<>();

    Holder holder(String vm) {
      return NameDecisions.holder(
          Optional.ofNullable(seen.get(VmDocument.key(vm))).map(VmDocument.class::cast));
    }
  }

  /**
   * @param sluggish whether reading everything can fail
   */
  NameWorld(RandomGenerator random, boolean sluggish) {
    this.random = random;
    this.sluggish = sluggish;
  }

  void step() {
    now = now.plus(random.nextInt(20) == 0 ? Duration.ofHours(1) : Duration.ofMillis(1));
    String vm = "v" + random.nextInt(4);
    switch (random.nextInt(10)) {
      case 0, 1 -> claim(vm);
      case 2 -> decide(vm);
      case 3 -> ask(vm);
      case 4 -> answer();
      case 5, 6 -> readOn(owners.get(random.nextInt(2)));
      case 7 -> live(vm);
      case 8 -> command(vm, random.nextInt(3) == 0);
      case 9 -> {
        if (random.nextInt(5) == 0) {
          beginAnew(owners.get(random.nextInt(2)));
        }
      }
      default -> throw new AssertionError();
    }
  }

  /** Goes on until nobody waits for the name. */
  void settle() {
    for (int i = 0; i < 20; i++) {
      now = now.plus(Duration.ofSeconds(1));
      for (String vm : List.copyOf(vms.keySet())) {
        ask(vm);
        while (!wanted.isEmpty()) {
          answer();
        }
        owners.forEach(this::readAll);
        decide(vm);
      }
    }
  }

  void claim(String id) {
    Optional<VmDocument> known = Optional.ofNullable(vms.get(id));
    int attempt = known.map(VmDocument::attempt).orElse(1);
    NameStanding standing = NameStanding.UNDECIDED;
    if (DECISIONS.isGrantable(known, attempt)) {
      if (ownerOf(id) == owners.getFirst()) {
        // the owner of the name, too
        give(id);
      }
      standing = standing(id);
    }
    write(
        DECISIONS.claimed(
            known,
            id,
            attempt,
            "i" + ++instances,
            new VmEvent.Claimed(
                new Claim("t", 0, 0, "w", "inc", Optional.empty(), Optional.empty()), request(id)),
            standing,
            now));
  }

  private void decide(String id) {
    known(id)
        .filter(vm -> vm.want().isPresent())
        .flatMap(vm -> DECISIONS.named(vm, standing(id), now))
        .ifPresent(this::write);
  }

  private void ask(String id) {
    if (known(id).flatMap(VmDocument::want).isPresent()) {
      wanted.add(id);
    }
  }

  private void answer() {
    if (!wanted.isEmpty()) {
      int index = random.nextInt(wanted.size());
      // some questions come twice, the second time late
      give(random.nextInt(4) == 0 && wanted.size() < 9 ? wanted.get(index) : wanted.remove(index));
    }
  }

  private void give(String vm) {
    Owner owner = owners.getFirst();
    boolean doubtful =
        name.filter(old -> !old.vm().equals(vm) && owner.holder(old.vm()) != Holder.GONE)
            .isPresent();
    boolean read = doubtful && readToEnd(owner);
    NameDecisions.wanted(
            name,
            NAME,
            vm,
            other -> {
              Holder holder = owner.holder(other);
              return holder == Holder.UNSEEN && !read ? Holder.HOLDS : holder;
            },
            now)
        .ifPresent(document -> {
          name = Optional.of(document);
          log.computeIfAbsent(KEY, _ -> new ArrayList<>()).add(document);
        });
  }

  private NameStanding standing(String vm) {
    Owner owner = ownerOf(vm);
    NameStanding standing = NameDecisions.standing(told(owner), vm, owner::holder);
    return standing == NameStanding.TAKEN && readToEnd(owner)
        ? NameDecisions.standing(told(owner), vm, owner::holder)
        : standing;
  }

  private Optional<NameDocument> told(Owner owner) {
    return owner == owners.getFirst()
        ? name
        : Optional.ofNullable(owner.seen.get(KEY)).map(NameDocument.class::cast);
  }

  /** It may take too long. */
  private boolean readToEnd(Owner owner) {
    if (sluggish && random.nextInt(4) == 0) {
      return false;
    }
    readAll(owner);
    return true;
  }

  /** A VM that a worker has ends, is removed, or loses its worker. */
  private void live(String id) {
    known(id)
        .filter(vm -> vm.assignment().isPresent())
        .ifPresent(vm -> {
          String instance = vm.assignment().map(Assignment::instance).orElseThrow();
          Optional<VmDocument> next =
              switch (random.nextInt(4)) {
                case 0 -> DECISIONS.workerLost(vm, "silent", now);
                case 1 ->
                    DECISIONS.told(
                        vm,
                        vm.attempt(),
                        instance,
                        new VmEvent.Running("w", "h", "x", 1, "10.0.0.2", 24, List.of()),
                        now);
                case 2 ->
                    DECISIONS.told(
                        vm,
                        vm.attempt(),
                        instance,
                        new VmEvent.Exited(Optional.of(0), "exited"),
                        now);
                default ->
                    vm.phase().isSettled()
                        ? DECISIONS.told(vm, vm.attempt(), instance, new VmEvent.Removed(), now)
                        : Optional.empty();
              };
          next.ifPresent(this::write);
        });
  }

  private void command(String id, boolean kill) {
    known(id)
        .flatMap(vm ->
            DECISIONS.command(
                Optional.of(vm),
                Optional.empty(),
                kill ? new Command.Kill() : Command.Remove.vm(false),
                now))
        .ifPresent(this::write);
  }

  /** Ends and removes a VM that a worker has. */
  void remove(String id) {
    VmDocument vm = known(id).orElseThrow();
    String instance = vm.assignment().map(Assignment::instance).orElseThrow();
    write(
        DECISIONS
            .told(vm, vm.attempt(), instance, new VmEvent.Exited(Optional.of(0), "exited"), now)
            .orElseThrow());
    write(
        DECISIONS
            .told(known(id).orElseThrow(), vm.attempt(), instance, new VmEvent.Removed(), now)
            .orElseThrow());
  }

  private void readOn(Owner owner) {
    List<String> keys = List.copyOf(log.keySet());
    if (!keys.isEmpty()) {
      readOne(owner, keys.get(random.nextInt(keys.size())));
    }
  }

  private boolean readOne(Owner owner, String key) {
    int next = owner.read.getOrDefault(key, 0);
    List<Document> partition = log.getOrDefault(key, List.of());
    if (next == partition.size()) {
      return false;
    }
    owner.seen.put(key, partition.get(next));
    owner.read.put(key, next + 1);
    return true;
  }

  private void readAll(Owner owner) {
    for (String key : log.keySet()) {
      while (readOne(owner, key)) {
        // to its end
      }
    }
  }

  private static void beginAnew(Owner owner) {
    owner.read.clear();
    owner.seen.clear();
  }

  private void write(VmDocument next) {
    vms.put(next.id(), next);
    log.computeIfAbsent(next.key(), _ -> new ArrayList<>()).add(next);
    ownerOf(next.id()).seen.put(next.key(), next);
    assertThat(holders()).as("%s", vms).hasSizeLessThanOrEqualTo(1);
  }

  /** Those that a worker has or had, and that are not removed. */
  List<VmDocument> holders() {
    return vms.values().stream()
        .filter(vm -> vm.assignment().isPresent() && vm.phase() != Phase.REMOVED)
        .toList();
  }

  private Owner ownerOf(String id) {
    return owners.get(id.charAt(1) % 2);
  }

  private Optional<VmDocument> known(String id) {
    return Optional.ofNullable(vms.get(id));
  }

  private static RunRequest request(String id) {
    return dev.firebuild.protocol.Json.read(
            ("{\"image\": \"t\", \"name\": \"" + NAME + "\"}").getBytes(StandardCharsets.UTF_8),
            RunRequest.class)
        .withId(id);
  }
}
