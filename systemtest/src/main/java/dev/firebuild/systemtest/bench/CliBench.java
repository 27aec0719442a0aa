package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.systemtest.harness.TestNode;
import dev.firebuild.worker.host.DurableFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long common commands take from their start to their end, beside a JVM that only starts. */
final class CliBench implements Benchmark {
  private static final List<String> COMMANDS =
      List.of("version", "ps", "images", "builds", "workers", "status");
  private static final int SAMPLES = 3;
  private static final String JVM = "java -version";

  @Override
  public String name() {
    return "cli";
  }

  @Override
  public String about() {
    return "start of common commands";
  }

  @Override
  public Result run(Effort effort) throws Exception {
    Path folder = BenchFolder.create();
    Rounds rounds = new Rounds();
    try (TestNode node = TestNode.on(folder.resolve("node")).up()) {
      round(new Rounds(), node, 1);
      for (int round = 0; round < effort.rounds(); round++) {
        round(rounds, node, effort.of(SAMPLES));
        rounds.next();
      }
    } finally {
      DurableFiles.deleteTree(folder);
    }
    List<Comparison> all = new ArrayList<>();
    for (String command : COMMANDS) {
      all.add(rounds.compare("firebuild " + command, JVM, "ms", Target.none()));
    }
    return new Result(all, List.of());
  }

  private static void round(Rounds rounds, TestNode node, int samples) throws InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Program jvm = Program.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-version");
    for (int i = 0; i < samples; i++) {
      rounds.add(JVM, millis(jvm));
      for (String command : COMMANDS) {
        rounds.add("firebuild " + command, millis(node.command(command)));
      }
    }
  }

  private static double millis(Program program) throws InterruptedException {
    return DispatchBench.millis(program.run().requireSuccess().duration().toNanos());
  }
}
