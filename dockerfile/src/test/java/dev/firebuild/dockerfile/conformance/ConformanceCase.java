package dev.firebuild.dockerfile.conformance;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.plan.BuildPlan;
import dev.firebuild.dockerfile.plan.BuildPlanner;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.dockerfile.stage.Dockerfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One folder of {@code systemtest/dockerfile-cases/cases}; its README describes the files. */
record ConformanceCase(Path folder, JsonNode settings, JsonNode expected) {
  static final Path ROOT =
      Path.of(System.getProperty("basedir", "."), "..", "systemtest", "dockerfile-cases");

  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> BASES = Set.of("busybox", "debian");

  /** An error of a case. */
  record ExpectedError(String phase, Optional<String> step, Set<Integer> lines) {}

  static List<ConformanceCase> all() {
    try (Stream<Path> folders = Files.list(ROOT.resolve("cases"))) {
      return folders.sorted().map(ConformanceCase::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConformanceCase read(Path folder) {
    return new ConformanceCase(
        folder, json(folder.resolve("case.json")), json(folder.resolve("expected.json")));
  }

  private static JsonNode json(Path file) {
    return JSON.readTree(file.toFile());
  }

  String name() {
    return folder.getFileName().toString();
  }

  String area() {
    return settings.path("area").asString();
  }

  @Override
  public String toString() {
    return name();
  }

  Dockerfile parse() throws DockerfileException {
    return parse("Dockerfile");
  }

  private Dockerfile parse(String file) throws DockerfileException {
    try {
      return Dockerfile.parse(Files.readAllBytes(folder.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BuildPlan plan() throws DockerfileException {
    return plan("Dockerfile", options(), images());
  }

  private BuildPlan plan(String file, PlanOptions options, Map<String, ImageConfig> images)
      throws DockerfileException {
    return BuildPlanner.plan(
        parse(file), options, name -> Optional.ofNullable(images.get(normalized(name))));
  }

  private static String normalized(String reference) {
    return reference.replaceFirst("^(docker\\.io/)?(library/)?", "").replaceFirst(":latest$", "");
  }

  /** The base images, then those that the case makes itself. */
  private Map<String, ImageConfig> images() {
    Map<String, ImageConfig> images = new HashMap<>();
    for (String base : BASES) {
      images.put(base, ConfigJson.read(json(ROOT.resolve("bases/" + base + ".config.json"))));
    }
    imagePlans(images).forEach((name, plan) -> images.put(name, plan.config()));
    return images;
  }

  /** How the images are made that the case makes itself. */
  Collection<BuildPlan> imagePlans() {
    return imagePlans(images()).values();
  }

  private Map<String, BuildPlan> imagePlans(Map<String, ImageConfig> images) {
    Map<String, BuildPlan> plans = new LinkedHashMap<>();
    Map<String, ImageConfig> known = new HashMap<>(images);
    for (Map.Entry<String, JsonNode> image : settings.path("images").properties()) {
      try {
        BuildPlan plan =
            plan(image.getValue().asString(), PlanOptions.on(Platform.LINUX_AMD64), known);
        known.put(image.getKey(), plan.config());
        plans.put(image.getKey(), plan);
      } catch (DockerfileException e) {
        throw new IllegalStateException("image " + image.getKey() + " of " + name(), e);
      }
    }
    return plans;
  }

  PlanOptions options() {
    Map<String, String> buildArgs = strings("buildArgs");
    switch (settings.path("needs").asString("")) {
      case "http" -> buildArgs.put("FIXTURE", "http://127.0.0.1:<port>");
      case "git" -> buildArgs.put("FIXTURE", "git://127.0.0.1:<port>");
      default -> {}
    }
    PlanOptions options =
        PlanOptions.on(Platform.LINUX_AMD64)
            .withTarget(Optional.of(settings.path("target").asString("")))
            .withBuildArgs(buildArgs)
            .withLabels(strings("labels"));
    String platform = settings.path("platform").asString("");
    return platform.isEmpty()
        ? options
        : options.withTargetPlatform(Platform.parse(platform, Platform.LINUX_AMD64));
  }

  private Map<String, String> strings(String member) {
    Map<String, String> strings = new LinkedHashMap<>();
    settings
        .path(member)
        .properties()
        .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asString()));
    return strings;
  }

  /** The text of the ignore file, if the case has one that is not made by a script. */
  Optional<String> ignoreFile() {
    return Stream.of("Dockerfile.dockerignore", "context/.dockerignore")
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .map(file -> {
          try {
            return Files.readString(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  Optional<ExpectedError> error() {
    JsonNode error = expected.path("error");
    if (error.isMissingNode()) {
      return Optional.empty();
    }
    Set<Integer> lines = new TreeSet<>();
    error.path("lines").forEach(line -> lines.add(line.asInt()));
    return Optional.of(
        new ExpectedError(
            error.path("phase").asString(),
            Optional.of(error.path("step").asString("")).filter(step -> !step.isEmpty()),
            lines));
  }

  Optional<String> errorHint() {
    return Optional.of(settings.path("errorHint").asString("")).filter(hint -> !hint.isEmpty());
  }

  boolean comparesLines() {
    return !settings.path("lineQuirk").asBoolean(false);
  }

  static Set<Integer> lines(DockerfileException error) {
    Set<Integer> lines = new TreeSet<>();
    error
        .locations()
        .forEach(location ->
            IntStream.rangeClosed(location.firstLine(), location.lastLine()).forEach(lines::add));
    return lines;
  }
}
