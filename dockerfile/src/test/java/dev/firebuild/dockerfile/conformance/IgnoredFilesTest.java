package dev.firebuild.dockerfile.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.pattern.IgnoreRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases that copy the whole context show which of its files the ignore file leaves. */
class IgnoredFilesTest {
  static List<ConformanceCase> cases() {
    return ConformanceCase.all().stream()
        .filter(recorded -> recorded.area().equals("dockerignore"))
        .filter(recorded -> recorded.error().isEmpty())
        .filter(recorded -> !Files.exists(recorded.folder().resolve("prepare.sh")))
        .filter(recorded -> copiesEverything(recorded.folder().resolve("Dockerfile")))
        .toList();
  }

  private static boolean copiesEverything(Path dockerfile) {
    try {
      return Files.readString(dockerfile).strip().matches("FROM busybox\\R(?:COPY|ADD) \\. /t/");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void filesOfTheContextAreLeftOutAsRecorded(ConformanceCase recorded) throws Exception {
    IgnoreRules rules = IgnoreRules.parse(recorded.ignoreFile().orElse(""));
    Set<String> copied = new TreeSet<>();
    recorded
        .expected()
        .path("tree")
        .forEach(entry -> {
          if (!entry.path("type").asString().equals("dir")) {
            copied.add(entry.path("path").asString().substring("/t/".length()));
          }
        });
    Path context = recorded.folder().resolve("context");

    Set<String> kept = new TreeSet<>();
    Set<String> skipped = new TreeSet<>();
    try (Stream<Path> files = Files.walk(context)) {
      for (Path file : files.filter(f -> !f.equals(context)).toList()) {
        String path = context.relativize(file).toString();
        if (Files.isDirectory(file)) {
          if (rules.excludesTree(path)) {
            skipped.add(path + "/");
          }
        } else if (!rules.excludes(path)) {
          kept.add(path);
        }
      }
    }

    assertThat(kept).isEqualTo(copied);
    assertThat(kept).noneMatch(path -> skipped.stream().anyMatch(path::startsWith));
  }
}
