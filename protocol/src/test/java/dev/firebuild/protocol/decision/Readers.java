package dev.firebuild.protocol.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.event.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Readers of a log that a seed has made. */
final class Readers {
  private Readers() {}

  /** What a reader believes; {@code twice}: every record is delivered a second time later. */
  static List<Event> read(List<Event> log, boolean twice, long seed) {
    SubjectFold fold = SubjectFold.fresh();
    List<Event> believed = new ArrayList<>();
    for (int i = 0; i < log.size(); i++) {
      if (fold.accept(log.get(i))) {
        believed.add(log.get(i));
      }
      if (twice && i % 3 == 2) {
        for (int j = i - 2; j <= i; j++) {
          assertThat(fold.accept(log.get(j))).isFalse();
        }
      }
    }
    assertThat(fold.isSettled()).as("seed %d: %s", seed, log).isTrue();
    return believed;
  }

  static void assertOneInstancePerAttempt(long seed, List<Event> believed) {
    Map<Integer, Set<String>> workers = new HashMap<>();
    for (Event event : believed) {
      if (!event.instance().equals(OwnerEvents.INSTANCE)) {
        workers.computeIfAbsent(event.attempt(), _ -> new HashSet<>()).add(event.instance());
      }
    }
    assertThat(workers.values()).as("seed %d", seed).allMatch(one -> one.size() == 1);
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
