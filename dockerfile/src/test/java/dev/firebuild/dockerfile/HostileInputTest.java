package dev.firebuild.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.pattern.GlobPattern;
import dev.firebuild.dockerfile.pattern.IgnoreRules;
import dev.firebuild.dockerfile.pattern.PatternException;
import dev.firebuild.dockerfile.plan.BuildPlanner;
import dev.firebuild.dockerfile.plan.DockerfileChecks;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.dockerfile.plan.UnsupportedFeatures;
import dev.firebuild.dockerfile.stage.Dockerfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever the bytes are, the answer is a plan or a {@link DockerfileException}, and it comes soon.
 * The seeds are fixed, so a failure can be repeated.
 */
@Timeout(60)
class HostileInputTest {
  private static final List<String> PIECES =
      List.of(
          "FROM a\n",
          "FROM a AS b\n",
          "FROM b\n",
          "FROM scratch\n",
          "ARG A=1\n",
          "ENV A=$A B=${C:-",
          "}",
          "RUN ",
          "COPY ",
          "ADD ",
          "ONBUILD ",
          "WORKDIR ",
          "EXPOSE ",
          "VOLUME ",
          "CMD ",
          "SHELL ",
          "HEALTHCHECK ",
          "STOPSIGNAL ",
          "LABEL ",
          "USER ",
          "--from=b ",
          "--from=0 ",
          "--mount=",
          "--chown=",
          "type=cache,target=",
          "<<EOF",
          "EOF\n",
          "<<-\"X\" ",
          "[\"a\", \"b\"]",
          "[",
          "]",
          "\"",
          "'",
          "\\",
          "\\\n",
          "`",
          "\n",
          "\r\n",
          " ",
          "\t",
          "#",
          "# escape=`\n",
          "# check=error=true\n",
          "$",
          "${A",
          "${A#",
          "${A//",
          "/",
          "*",
          "?",
          "=",
          ":",
          "@",
          "\uFEFF",
          "é",
          "😀",
          "\0",
          "80",
          "..",
          "--");

  private static void tryOut(byte[] bytes) {
    PlanOptions options = PlanOptions.on(Platform.LINUX_AMD64);
    try {
      Dockerfile dockerfile = Dockerfile.parse(bytes);
      UnsupportedFeatures.find(
          BuildPlanner.plan(dockerfile, options, _ -> Optional.of(ImageConfig.EMPTY)));
    } catch (DockerfileException e) {
      assertThat(e.describe()).isNotBlank();
    }
    try {
      DockerfileChecks.check(bytes, options);
    } catch (DockerfileException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void randomBytes() {
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      tryOut(bytes);
    }
  }

  @Test
  void randomPiecesOfTheLanguage() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "FROM a AS b\n");
      for (int n = random.nextInt(30); n > 0; n--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      tryOut(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void damagedRealFiles() throws IOException {
    Random random = new Random(3);
    Path cases =
        Path.of(
            System.getProperty("basedir", "."), "..", "systemtest", "dockerfile-cases", "cases");
    try (Stream<Path> folders = Files.list(cases)) {
      for (Path folder : folders.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(folder.resolve("Dockerfile"));
        for (int i = 0; i < 20; i++) {
          tryOut(damaged(bytes, random));
        }
      }
    }
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return bytes;
    }
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    int from = random.nextInt(bytes.length);
    int to = from + random.nextInt(bytes.length - from);
    result.write(bytes, 0, from);
    try {
      result.write(PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    result.write(bytes, to, bytes.length - to);
    return result.toByteArray();
  }

  @Test
  void randomPatterns() {
    Random random = new Random(4);
    String letters = "ab/*?[]^-\\!. \n";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        IgnoreRules rules = IgnoreRules.parse(text.toString());
        if (rules.excludesTree("a")) {
          assertThat(rules.excludes("a/b")).as(text.toString()).isTrue();
          assertThat(rules.excludes("a/b/a")).as(text.toString()).isTrue();
        }
        GlobPattern.parse(text.toString()).matches("a/b");
      } catch (PatternException e) {
        assertThat(e).hasMessageContaining("pattern");
      }
    }
  }

  @Test
  void anInstructionOfTheGreatestSize() {
    StringBuilder text = new StringBuilder("FROM a\nENV ");
    for (int i = 0; i < 60; i++) {
      text.append("\\\n").append("A").append(i).append("=").append("$A".repeat(30_000));
    }
    tryOut(text.toString().getBytes(StandardCharsets.UTF_8));
    tryOut(("FROM a\nRUN " + "<<A ".repeat(15_000)).getBytes(StandardCharsets.UTF_8));
    tryOut(("FROM a\nEXPOSE " + "0-65535 ".repeat(8_000)).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void manyVariablesInManySteps() {
    StringBuilder text = new StringBuilder("FROM a\nENV ");
    for (int i = 0; i < 200_000; i++) {
      text.append(i % 5_000 == 0 ? "\\\n" : "").append("A").append(i).append("=1 ");
    }
    for (int i = 0; i < 4_000; i++) {
      text.append("\nENV B=").append(i).append("\nRUN b");
    }
    tryOut(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void manyUndefinedVariables() {
    StringBuilder text = new StringBuilder("FROM a\nLABEL ");
    for (int i = 0; i < 200_000; i++) {
      text.append(i % 5_000 == 0 ? "\\\n" : "")
          .append("A")
          .append(i)
          .append("=$A")
          .append(i)
          .append(' ');
    }
    tryOut(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
