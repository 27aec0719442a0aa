package dev.firebuild.systemtest.conformance;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.systemtest.engine.BaseRoots;
import dev.firebuild.systemtest.engine.EngineHost;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.OciConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The base images of the cases, made when they are needed first. */
final class BaseImages {
  private final EngineHost host;
  private final Path cases;
  private final Map<String, Tree> trees = new HashMap<>();

  BaseImages(EngineHost host, Path cases) {
    this.host = host;
    this.cases = cases;
  }

  /** Sees to it that the image {@code name} is there. */
  synchronized Manifest image(String name) throws IOException, InterruptedException {
    if (host.image(name).isEmpty()) {
      Path directory = Files.createTempDirectory("fb-base");
      try {
        Path tar = BaseRoots.tar(name, directory);
        EngineHost.Outcome outcome =
            host.build(BuildRequest.of(name, new Source.Rootfs(host.uploadFile(tar))));
        if (!(outcome.end() instanceof BuildEvent.Succeeded)) {
          throw new IOException("the base image %s: %s".formatted(name, outcome.end()));
        }
        host.configure(name, config(name));
      } finally {
        DurableFiles.deleteTree(directory);
      }
    }
    return host.image(name).orElseThrow();
  }

  private ImageConfig config(String name) throws IOException {
    byte[] json = Files.readAllBytes(cases.resolve("bases").resolve(name + ".config.json"));
    return Json.read(json, OciConfig.class).toImageConfig("");
  }

  /** Reads the files of the image {@code name}, once. */
  synchronized Tree tree(String name) throws IOException, InterruptedException {
    if (name.equals("scratch")) {
      return Tree.EMPTY;
    }
    if (!trees.containsKey(name)) {
      Manifest image = image(name);
      try (TreeReader reader = new TreeReader(host, image.layers())) {
        trees.put(name, reader.read(image));
      }
    }
    return Objects.requireNonNull(trees.get(name));
  }
}
