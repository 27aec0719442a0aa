package dev.firebuild.worker.run;

import dev.firebuild.worker.TestKernel;
import dev.firebuild.worker.guest.kernel.KernelStore;
import dev.firebuild.worker.host.HostLayout;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A worker's data folder that lives as long as a test, with a kernel in it. */
record TestHost(Path root) implements AutoCloseable {
  static TestHost make() throws IOException {
    // Short: a socket's path has at most 107 bytes.
    TestHost host = new TestHost(Files.createTempDirectory("fbr"));
    Files.createDirectory(host.scratch());
    try (InputStream in = Files.newInputStream(TestKernel.file(Processes.of(System.getenv())))) {
      var _ = new KernelStore(new HostLayout(host.root).kernels()).importFrom("default", in);
    }
    return host;
  }

  Path images() {
    return root.resolve("images");
  }

  Path scratch() {
    return root.resolve("scratch");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
