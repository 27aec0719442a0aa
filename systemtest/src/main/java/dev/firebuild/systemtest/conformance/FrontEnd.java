package dev.firebuild.systemtest.conformance;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.BuildPlanner;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.image.OciConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and plans cases, as far as that can tell what comes out. */
final class FrontEnd {
  private static final List<String> BASES = List.of("busybox", "debian");

  private final Map<String, ImageConfig> bases = new HashMap<>();

  FrontEnd(Path cases) throws IOException {
    for (String name : BASES) {
      byte[] json = Files.readAllBytes(cases.resolve("bases").resolve(name + ".config.json"));
      bases.put(name, Json.read(json, OciConfig.class).toImageConfig(""));
    }
  }

  /** The differences; empty where only a build can tell. */
  Optional<List<String>> plan(CaseFile file) {
    if (file.text("needs").isPresent()) {
      return Optional.empty();
    }
    Comparison comparison = new Comparison(file);
    try {
      Map<String, ImageConfig> images = new HashMap<>(bases);
      for (Map.Entry<String, String> image : file.map("images").entrySet()) {
        PlanOptions plain = PlanOptions.on(Platform.LINUX_AMD64);
        images.put(image.getKey(), plan(file, image.getValue(), plain, images).config());
      }
      BuildPlan plan = plan(file, "Dockerfile", options(file), images);
      if (file.expectsError()) {
        return Optional.empty();
      }
      comparison.compareConfig(plan.config());
    } catch (DockerfileException e) {
      Optional<Location> lines = e.location();
      Failure failure =
          new Failure(
              FailureCode.DOCKERFILE,
              e.describe(),
              Optional.empty(),
              lines.map(Location::firstLine),
              lines.map(Location::lastLine),
              Optional.empty());
      comparison.compareFailure(failure, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(comparison.differences());
  }

  private static PlanOptions options(CaseFile file) {
    PlanOptions plain =
        PlanOptions.on(Platform.LINUX_AMD64)
            .withTarget(file.text("target"))
            .withBuildArgs(file.map("buildArgs"))
            .withLabels(file.map("labels"));
    return file.text("platform")
        .map(text -> plain.withTargetPlatform(Platform.parse(text, Platform.LINUX_AMD64)))
        .orElse(plain);
  }

  private static Optional<ImageConfig> find(Map<String, ImageConfig> images, String reference) {
    try {
      Reference wanted = Reference.parse(reference);
      return images.entrySet().stream()
          .filter(image -> Reference.parse(image.getKey()).equals(wanted))
          .map(Map.Entry::getValue)
          .findFirst();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static BuildPlan plan(
      CaseFile file, String name, PlanOptions options, Map<String, ImageConfig> images)
      throws DockerfileException, IOException {
    byte[] text = Files.readAllBytes(file.directory().resolve(name));
    return BuildPlanner.plan(Dockerfile.parse(text), options, reference -> find(images, reference));
  }
}
