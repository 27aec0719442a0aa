package dev.firebuild.worker.build;

import static dev.firebuild.worker.build.Contexts.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.instruction.NetworkMode;
import dev.firebuild.dockerfile.instruction.SecurityMode;
import dev.firebuild.dockerfile.plan.FilesFrom;
import dev.firebuild.dockerfile.plan.InlineFile;
import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.worker.tar.TarEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepKeysTest {
  private final StepKeys keys = new StepKeys("linux/amd64");

  @TempDir private Path temporary;

  @Test
  void everythingThatDecidesARunIsInItsKey() {
    Step.Run run = run(List.of("sh", "-c", "x"), List.of("A=1"), "", "/", NetworkMode.DEFAULT);

    assertThat(keys.run("p", run)).isEqualTo(keys.run("p", run));
    assertThat(
            List.of(
                keys.run("p", run),
                keys.run("other", run),
                new StepKeys("linux/arm64").run("p", run),
                keys.run(
                    "p",
                    run(List.of("sh", "-c", "y"), List.of("A=1"), "", "/", NetworkMode.DEFAULT)),
                keys.run(
                    "p", run(List.of("sh", "-c x"), List.of("A=1"), "", "/", NetworkMode.DEFAULT)),
                keys.run(
                    "p",
                    run(List.of("sh", "-c", "x"), List.of("A=2"), "", "/", NetworkMode.DEFAULT)),
                keys.run(
                    "p",
                    run(List.of("sh", "-c", "x"), List.of("A=1"), "u", "/", NetworkMode.DEFAULT)),
                keys.run(
                    "p",
                    run(List.of("sh", "-c", "x"), List.of("A=1"), "", "/w", NetworkMode.DEFAULT)),
                keys.run(
                    "p", run(List.of("sh", "-c", "x"), List.of("A=1"), "", "/", NetworkMode.NONE))))
        .doesNotHaveDuplicates();
  }

  @Test
  void aDocumentIsPartOfAStepsKey() {
    Step.Run run = run(List.of("/dev/pipes/X"), List.of(), "", "/", NetworkMode.DEFAULT);

    assertThat(
            List.of(
                keys.run("p", run),
                keys.run("p", withDocument(run, "#!/bin/a")),
                keys.run("p", withDocument(run, "#!/bin/b"))))
        .doesNotHaveDuplicates();
  }

  private static Step.Run withDocument(Step.Run run, String content) {
    return new Step.Run(
        run.arguments(),
        run.environment(),
        run.user(),
        run.workingDirectory(),
        run.mounts(),
        List.of(new InlineFile("/dev/pipes/X", 0755, content)),
        run.network(),
        run.security(),
        run.devices());
  }

  @Test
  void bytesModesNamesAndLinksOfFilesCountAndTimesDoNot() throws Exception {
    TarEntry file = file("d/f");
    TarEntry later = TarEntry.file("d/f", 0644, 3, 77);
    TarEntry executable = TarEntry.file("d/f", 0755, 3, 0);
    TarEntry renamed = file("d/g");
    TarEntry link = TarEntry.symlink("d/f", "x", 0);
    TarEntry otherLink = TarEntry.symlink("d/f", "y", 0);
    String plain = put(file);

    assertThat(put(later)).isEqualTo(plain);
    assertThat(List.of(plain, put(executable), put(renamed), put(link), put(otherLink)))
        .doesNotHaveDuplicates();
    assertThat(put(file, TarEntry.hardLink("d/h", "d/f", 0644, 0)))
        .isNotEqualTo(put(file, file("d/h")));
  }

  @Test
  void attributesArePartOfAStepsKey() throws Exception {
    TarEntry file = file("d/f");

    assertThat(
            List.of(
                put(file),
                put(with(file, "user.a", "b")),
                put(with(file, "user.a", "c")),
                put(with(file, "user.ab", ""))))
        .doesNotHaveDuplicates();
    // What a context cannot give to a file does not count.
    assertThat(put(with(file, "security.capability", "x"))).isEqualTo(put(file));
  }

  private static TarEntry with(TarEntry file, String name, String value) {
    return file.withAttributes(new TreeMap<>(Map.of(name, value)));
  }

  @Test
  void destinationOwnerAndModeCount() throws Exception {
    CopyTree tree = tree(file("d/f"));
    List<String> all = new ArrayList<>();
    all.add(keys.put("p", tree, "/a", Optional.empty(), 0755));
    all.add(keys.put("p", tree, "/a/", Optional.empty(), 0755));
    all.add(keys.put("p", tree, "/a", Optional.of(Owner.parse("1:2")), 0755));
    all.add(keys.put("p", tree, "/a", Optional.of(Owner.parse("1")), 0755));
    all.add(keys.put("p", tree, "/a", Optional.empty(), 0700));

    assertThat(all).doesNotHaveDuplicates();
  }

  @Test
  void theResultThatIsCopiedFromCounts() {
    Step.Copy copy =
        new Step.Copy(
            new FilesFrom.Stage(0),
            List.of("/x"),
            List.of(),
            "/y",
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            List.of());

    assertThat(keys.copy("p", copy, "r1")).isNotEqualTo(keys.copy("p", copy, "r2"));
  }

  private String put(TarEntry... entries) throws Exception {
    return keys.put("p", tree(entries), "/t", Optional.empty(), 0755);
  }

  private CopyTree tree(TarEntry... entries) throws Exception {
    return CopyTree.of(
        Contexts.index(temporary.resolve("context.tar"), entries),
        List.of("/d"),
        List.of(),
        Optional.empty());
  }

  private static Step.Run run(
      List<String> arguments,
      List<String> environment,
      String user,
      String directory,
      NetworkMode network) {
    return new Step.Run(
        arguments,
        environment,
        user,
        directory,
        List.of(),
        List.of(),
        network,
        SecurityMode.SANDBOX,
        List.of());
  }
}
