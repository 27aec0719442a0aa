package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.harness.TestNode;
import dev.firebuild.worker.host.DurableFiles;
import java.nio.file.Path;
import java.util.List;

/** What a node uses that is left alone. */
final class IdleBench implements Benchmark {
  private static final long WINDOW_MILLIS = 15_000;
  private static final long SETTLE_MILLIS = 45_000;
  private static final String CPU = "processor of an idle node";
  private static final String MEMORY = "memory of an idle node (RSS of all its processes)";

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String about() {
    return "memory and processor of a node that is left alone: 45 s, and 15 s a round";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    Path folder = BenchFolder.create();
    Rounds rounds = new Rounds();
    try (TestNode node = TestNode.on(folder.resolve("node")).up()) {
      Thread.sleep(effort.of((int) SETTLE_MILLIS));
      for (int round = 0; round < effort.rounds(); round++) {
        NodeUse before = NodeUse.of(node.pid());
        long start = System.nanoTime();
        Thread.sleep(effort.of((int) WINDOW_MILLIS));
        NodeUse after = NodeUse.of(node.pid());
        double seconds = (System.nanoTime() - start) / 1e9;
        rounds.add(CPU, 100 * after.secondsSince(before) / seconds);
        rounds.add(MEMORY, after.mebibytes());
        rounds.next();
      }
    } finally {
      DurableFiles.deleteTree(folder);
    }
    return new Result(
        List.of(
            rounds.alone(CPU, "% of a core", new Target.Never(5)),
            rounds.alone(MEMORY, "MiB", new Target.Never(450))),
        List.of("pages that its processes share count for each of them"));
  }
}
