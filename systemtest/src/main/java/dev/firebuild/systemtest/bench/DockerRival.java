package dev.firebuild.systemtest.bench;

import dev.firebuild.systemtest.engine.BaseRoots;
import dev.firebuild.systemtest.harness.Finished;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Docker Engine, where there is one: a client alone is none. */
final class DockerRival {
  static final String CACHED = "docker build, everything cached";
  private static final String BASE = "firebuild-bench-busybox";

  private final boolean there;
  private Program build = Program.of("true");

  private DockerRival(boolean there) {
    this.there = there;
  }

  static DockerRival find() throws InterruptedException {
    try {
      Finished info = Program.of("docker", "info", "--format", "{{.ServerVersion}}").run();
      return new DockerRival(info.exitCode() == 0 && !info.stdout().isBlank());
    } catch (java.io.UncheckedIOException e) {
      return new DockerRival(false);
    }
  }

  boolean isThere() {
    return there;
  }

  List<String> remarks() {
    return there
        ? List.of()
        : List.of("no Docker Engine runs here: the rebuild stands beside no docker build");
  }

  /** Builds once, so that everything is cached. */
  void prepare(Path folder, String dockerfile) throws IOException, InterruptedException {
    if (!there) {
      return;
    }
    Path context = Files.createDirectories(folder.resolve("docker"));
    Path root = BaseRoots.tar("busybox", Files.createDirectories(folder.resolve("root")));
    Program.of("docker", "import", root.toString(), BASE).run().requireSuccess();
    Files.writeString(
        context.resolve("Dockerfile"), dockerfile.replace("FROM busybox", "FROM " + BASE));
    build = Program.of("docker", "build", "-q", "-t", "firebuild-bench", context.toString());
    build.run().requireSuccess();
  }

  /** Milliseconds of a rebuild as a whole command. */
  double rebuild() throws InterruptedException {
    return DispatchBench.millis(build.run().requireSuccess().duration().toNanos());
  }
}
