package dev.firebuild.systemtest.queue;

import dev.firebuild.protocol.Json;
import dev.firebuild.systemtest.harness.Checkout;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The clients of {@code examples/clients}, as their users install and call them. */
enum ForeignClient {
  PYTHON {
    @Override
    Program install(Path source, Path target) throws InterruptedException {
      run(Program.of("python3", "-m", "venv", target.toString()));
      String python = target.resolve("bin/python").toString();
      run(
          Program.of(python, "-m", "pip", "install", "-q", "--disable-pip-version-check")
              .and("-r", source.resolve("requirements.txt").toString()));
      return Program.of(python, source.resolve("firebuild_log.py").toString());
    }
  },
  NODE {
    @Override
    Program install(Path source, Path target) throws IOException, InterruptedException {
      for (String name :
          List.of("package.json", "package-lock.json", "fold.js", "firebuild-log.js")) {
        Files.copy(source.resolve(name), target.resolve(name));
      }
      run(Program.of("npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier").in(target));
      return Program.of("node", target.resolve("firebuild-log.js").toString());
    }
  },
  GO {
    @Override
    Program install(Path source, Path target) throws InterruptedException {
      Path binary = target.resolve("firebuild-log");
      run(
          Program.of("go", "build", "-o", binary.toString(), ".")
              .with("GOTOOLCHAIN", "local")
              .in(source));
      return Program.of(binary.toString());
    }
  };

  private static final Duration INSTALLING = Duration.ofMinutes(5);

  /** Installs what it needs into {@code target} and tells how it is called. */
  abstract Program install(Path source, Path target) throws IOException, InterruptedException;

  /** The client, able to run. */
  Program in(Path folder) throws IOException, InterruptedException {
    String name = name().toLowerCase(java.util.Locale.ROOT);
    Path target = Files.createDirectories(folder.resolve(name));
    return install(Checkout.find().root().resolve("examples/clients").resolve(name), target);
  }

  private static void run(Program program) throws InterruptedException {
    var _ = program.within(INSTALLING).run().requireSuccess();
  }

  /** What a client has printed: one JSON object a line. */
  static List<JsonNode> answers(Program client) throws InterruptedException {
    return client
        .run()
        .requireSuccess()
        .stdout()
        .lines()
        .map(line -> Json.mapper().readTree(line))
        .toList();
  }
}
