package dev.firebuild.systemtest.conformance;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.systemtest.conformance.Tree.Node;
import dev.firebuild.worker.image.OciConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares what came out with what was recorded; each difference is one line for people. */
final class Comparison {
  private static final String CAPABILITY = "security.capability";
  private static final List<String> PHASES = List.of("parse", "plan", "step");

  private final CaseFile file;
  private final List<String> differences = new ArrayList<>();

  Comparison(CaseFile file) {
    this.file = file;
  }

  List<String> differences() {
    return List.copyOf(differences);
  }

  /** A build that failed. */
  void compareFailure(Failure failure, String log) {
    if (!file.expectsError()) {
      differences.add("failed: %s (%s)".formatted(failure.message(), lastLine(log)));
      return;
    }
    JsonNode error = file.expected().path("error");
    String phase = failure.code() == FailureCode.DOCKERFILE ? "plan" : "step";
    if (PHASES.indexOf(phase) > PHASES.indexOf(error.path("phase").asString())
        && !error.path("phase").asString().equals("parse")) {
      differences.add("found only in the phase %s: %s".formatted(phase, failure.message()));
    }
    file.text("errorHint")
        .filter(hint -> !failure.message().contains(hint) && !log.contains(hint))
        .ifPresent(hint -> differences.add("no \"%s\" in: %s".formatted(hint, failure.message())));
    if (error.has("lines") && !file.flag("lineQuirk")) {
      compareLines(failure, error.path("lines"));
    }
    if (error.has("exitCode") && failure.exitCode().isPresent()) {
      expect("exitCode", error.path("exitCode").asInt(), failure.exitCode().get());
    }
  }

  private void compareLines(Failure failure, JsonNode expected) {
    List<Integer> lines = new ArrayList<>();
    expected.forEach(line -> lines.add(line.asInt()));
    List<Integer> told = new ArrayList<>();
    if (failure.firstLine().isPresent()) {
      for (int line = failure.firstLine().get(); line <= failure.lastLine().orElse(0); line++) {
        told.add(line);
      }
    }
    boolean contiguous = lines.getLast() - lines.getFirst() == lines.size() - 1;
    // One event can blame one instruction only.
    if (contiguous ? !told.equals(lines) : told.isEmpty() || !lines.containsAll(told)) {
      differences.add("lines: expected %s, not %s: %s".formatted(lines, told, failure.message()));
    }
  }

  /** A build, or a plan, that succeeded. */
  void compareConfig(ImageConfig image) {
    if (file.expectsError()) {
      differences.add("succeeded, but should have failed: " + file.expected().path("error"));
      return;
    }
    // Read back from text, so that numbers have the types that the recorded ones have.
    ObjectNode config = (ObjectNode) Json.mapper().readTree(Json.bytes(OciConfig.of(image)));
    for (String set : List.of("ExposedPorts", "Volumes")) {
      if (config.has(set)) {
        ArrayNode names = Json.mapper().createArrayNode();
        new TreeSet<>(config.path(set).propertyNames()).forEach(names::add);
        config.set(set, names);
      }
    }
    if (!image.author().isEmpty()) {
      config.put("Author", image.author());
    }
    expect("config", file.expected().path("config"), config);
  }

  /**
   * The files of a build that succeeded.
   *
   * @param bases trees of base images by name
   */
  void compareTree(Tree base, Tree image, Function<String, Tree> bases) {
    SortedMap<String, Optional<Node>> told = TreeDifference.between(base, image);
    Map<String, JsonNode> expected = new TreeMap<>();
    file.expected().path("tree").forEach(node -> expected.put(node.path("path").asString(), node));
    TreeSet<String> paths = new TreeSet<>(expected.keySet());
    paths.addAll(told.keySet());
    for (String path : paths) {
      JsonNode wanted = expected.get(path);
      Optional<Node> node = told.get(path);
      if (wanted == null) {
        differences.add("%s: unexpected %s".formatted(path, told.get(path)));
      } else if (node == null) {
        differences.add("%s: missing %s".formatted(path, wanted));
      } else {
        compareNode(path, wanted, node, bases);
      }
    }
  }

  private void compareNode(
      String path, JsonNode wanted, Optional<Node> told, Function<String, Tree> bases) {
    if (wanted.path("removed").asBoolean(false) || told.isEmpty()) {
      expect(path + " removed", wanted.path("removed").asBoolean(false), told.isEmpty());
      return;
    }
    Node node = told.get();
    expect(path + " type", wanted.path("type").asString(), node.type());
    expect(path + " mode", wanted.path("mode").asString(""), node.mode());
    expect(path + " uid", wanted.path("uid").asLong(), node.uid());
    expect(path + " gid", wanted.path("gid").asLong(), node.gid());
    expect(path + " link", optional(wanted, "link"), node.link());
    expect(path + " device", optional(wanted, "dev"), node.device());
    expect(path + " sameFileAs", optional(wanted, "sameFileAs"), node.sameFileAs());
    if (wanted.has("contentOf")) {
      expect(
          path + " content", contentOf(wanted.path("contentOf").asString(), bases), node.sha256());
    } else {
      expect(path + " content", optional(wanted, "sha256"), node.sha256());
    }
    expect(path + " capability", optional(wanted.path("xattrs"), CAPABILITY), node.capability());
  }

  private static Optional<String> contentOf(String reference, Function<String, Tree> bases) {
    int colon = reference.indexOf(':');
    Tree base = bases.apply(reference.substring(0, colon));
    return Optional.ofNullable(base.nodes().get(reference.substring(colon + 1)))
        .flatMap(Node::sha256);
  }

  private static Optional<String> optional(JsonNode node, String field) {
    return node.has(field) ? Optional.of(node.path(field).asString()) : Optional.empty();
  }

  private void expect(String what, Object expected, Object told) {
    if (!expected.equals(told)) {
      differences.add("%s: expected %s, not %s".formatted(what, expected, told));
    }
  }

  private static String lastLine(String log) {
    return log.lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
  }
}
