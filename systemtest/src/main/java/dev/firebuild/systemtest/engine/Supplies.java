package dev.firebuild.systemtest.engine;

import dev.firebuild.systemtest.harness.Program;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** What an installation needs before it can build: a kernel and the image {@code busybox}. */
public final class Supplies {
  private Supplies() {}

  /** Imports both with the command. */
  public static void install(Function<String[], Program> firebuild)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("fbs");
    try {
      Path kernel = TestKernel.file(Processes.of(System.getenv()));
      run(firebuild, "kernel", "import", "--name", "default", kernel.toString());
      Path root = BaseRoots.tar("busybox", folder);
      run(firebuild, "image", "import", "busybox", root.toString());
    } finally {
      DurableFiles.deleteTree(folder);
    }
  }

  private static void run(Function<String[], Program> firebuild, String... arguments)
      throws InterruptedException {
    var _ = firebuild.apply(arguments).run().requireSuccess();
  }
}
