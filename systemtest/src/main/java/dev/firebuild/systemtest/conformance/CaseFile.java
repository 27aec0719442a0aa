package dev.firebuild.systemtest.conformance;

import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One recorded case.
 *
 * @param directory with its files
 * @param asked case.json
 * @param expected expected.json
 */
record CaseFile(Path directory, JsonNode asked, JsonNode expected) {

  /** All cases below {@code cases}, by name. */
  static List<CaseFile> all(Path cases) throws IOException {
    try (var directories = Files.list(cases.resolve("cases"))) {
      return directories.sorted().map(CaseFile::read).toList();
    }
  }

  private static CaseFile read(Path directory) {
    try {
      return new CaseFile(
          directory,
          Json.mapper().readTree(Files.readAllBytes(directory.resolve("case.json"))),
          Json.mapper().readTree(Files.readAllBytes(directory.resolve("expected.json"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return asked.path("name").asString();
  }

  String area() {
    return asked.path("area").asString();
  }

  /** {@code busybox}, {@code debian} or {@code scratch}. */
  String base() {
    return asked.path("base").asString();
  }

  boolean expectsError() {
    return asked.path("expect").asString().equals("error");
  }

  Optional<String> text(String field) {
    return asked.has(field) ? Optional.of(asked.path(field).asString()) : Optional.empty();
  }

  boolean flag(String field) {
    return asked.path(field).asBoolean(false);
  }

  Map<String, String> map(String field) {
    Map<String, String> map = new LinkedHashMap<>();
    asked.path(field).forEachEntry((key, value) -> map.put(key, value.asString()));
    return map;
  }

  /** The base images that must be there. */
  List<String> bases() {
    List<String> bases = new ArrayList<>(List.of("busybox"));
    List<String> used = new ArrayList<>(List.of(base()));
    asked.path("uses").forEach(name -> used.add(name.asString()));
    for (String name : used) {
      if (!name.equals("scratch") && !bases.contains(name)) {
        bases.add(name);
      }
    }
    return bases;
  }
}
