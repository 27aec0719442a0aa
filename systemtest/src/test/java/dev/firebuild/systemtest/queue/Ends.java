package dev.firebuild.systemtest.queue;

import dev.firebuild.protocol.document.BuildDocument;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/** How many of many builds have ended; what has ended is not looked at again. */
final class Ends {
  /** A takeover, or a worker that is missed, on a machine that has much else to do. */
  private static final Duration STALL = Duration.ofMinutes(1);

  private final Installation all;
  private final int builds;
  private final Set<String> awaited = ConcurrentHashMap.newKeySet();

  Ends(Installation all, List<String> builds) {
    this.all = all;
    this.builds = builds.size();
    builds.stream().map(BuildDocument::key).forEach(awaited::add);
  }

  /** Waits for {@code many} of them, however long that takes, as long as it goes on. */
  void await(int many) {
    for (int ended = count(); ended < many; ended = count()) {
      int before = ended;
      Awaitility.await("more than %d of %d ended".formatted(before, builds))
          .atMost(STALL)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> count() > before);
    }
  }

  int count() {
    awaited.removeIf(
        key -> all.documents.get(key) instanceof BuildDocument one && one.phase().isSettled());
    return builds - awaited.size();
  }
}
