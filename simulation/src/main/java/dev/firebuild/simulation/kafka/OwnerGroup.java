package dev.firebuild.simulation.kafka;

import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The group in which coordinators share out partitions: static members, eager rebalancing, a
 * session timeout. A member that comes back under its old id takes its old place at once.
 */
public final class OwnerGroup {
  private static final long SESSION = 6 * Timeline.SECOND;

  private final Timeline time;
  private final History history;
  private final int partitions;
  private final TreeMap<String, Member> members = new TreeMap<>();
  private final Map<String, List<Integer>> shares = new TreeMap<>();
  private int generation;
  private int tokens;
  private boolean preparing;

  private static final class Member {
    private final int token;
    private long heard;
    private boolean joined = true;

    Member(int token, long heard) {
      this.token = token;
      this.heard = heard;
    }
  }

  /** What a member owns. */
  public record Share(int generation, List<Integer> partitions) {}

  OwnerGroup(Timeline time, History history, int partitions) {
    this.time = time;
    this.history = history;
    this.partitions = partitions;
  }

  /** A process joins; the answer is its token. */
  public int join(String id) {
    boolean known = members.containsKey(id);
    int token = ++tokens;
    members.put(id, new Member(token, time.now()));
    if (!known) {
      prepare();
    }
    rejoin(id);
    return token;
  }

  /** Whether the process with {@code token} is still the member {@code id}. */
  public boolean knows(String id, int token) {
    Member member = members.get(id);
    return member != null && member.token == token;
  }

  public void heard(String id, int token) {
    Member member = members.get(id);
    if (member != null && member.token == token) {
      member.heard = time.now();
    }
  }

  /** Whether {@code id} must give up what it owns and join again. */
  public boolean mustRejoin(String id) {
    Member member = members.get(id);
    return preparing && member != null && !member.joined;
  }

  public void rejoin(String id) {
    Member member = members.get(id);
    if (member != null) {
      member.joined = true;
      completeIfAllJoined();
    }
  }

  /** What {@code id} owns; empty while the partitions are shared out. */
  public Optional<Share> share(String id) {
    return preparing
        ? Optional.empty()
        : Optional.ofNullable(shares.get(id)).map(mine -> new Share(generation, mine));
  }

  /** Whether a write of the member is not that of a stale owner. */
  boolean admits(String id, int token, int itsGeneration) {
    return knows(id, token) && generation == itsGeneration;
  }

  public void leave(String id, int token) {
    if (knows(id, token)) {
      remove(id, "leaves");
    }
  }

  private void remove(String id, String why) {
    members.remove(id);
    shares.remove(id);
    history.add("broker", id + " " + why + " the group of owners");
    prepare();
    completeIfAllJoined();
  }

  private void prepare() {
    preparing = true;
    members.values().forEach(member -> member.joined = false);
  }

  private void completeIfAllJoined() {
    if (!preparing || members.isEmpty() || !members.values().stream().allMatch(m -> m.joined)) {
      return;
    }
    preparing = false;
    generation++;
    shares.clear();
    List<String> ids = List.copyOf(members.keySet());
    for (int i = 0; i < ids.size(); i++) {
      List<Integer> mine = new ArrayList<>();
      for (int p = 0; p < partitions; p++) {
        if (p * ids.size() / partitions == i) {
          mine.add(p);
        }
      }
      shares.put(ids.get(i), List.copyOf(mine));
    }
    if (history.wanted()) {
      history.add("broker", "owners, generation " + generation + ": " + shares);
    }
  }

  /** Throws out who was not heard for the session timeout. */
  void expire() {
    Map<String, Member> all = new TreeMap<>(members);
    all.forEach((id, member) -> {
      if (time.now() - member.heard > SESSION) {
        remove(id, "is thrown out of");
      }
    });
  }

  void brokerRestarted() {
    members.values().forEach(member -> member.heard = time.now());
  }
}
