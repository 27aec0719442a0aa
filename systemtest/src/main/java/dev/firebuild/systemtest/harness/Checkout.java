package dev.firebuild.systemtest.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that the tests belong to. */
public record Checkout(Path root) {

  /** The one whose launcher started this process, else found upwards from the working directory. */
  public static Checkout find() {
    String home = System.getProperty("firebuild.home");
    if (home != null) {
      return new Checkout(Path.of(home));
    }
    Path folder = Path.of("").toAbsolutePath();
    for (Path at = folder; at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve("verify"))
          && Files.isRegularFile(at.resolve("firebuild"))) {
        return new Checkout(at);
      }
    }
    throw new IllegalStateException(folder + " is not inside a checkout of firebuild");
  }

  /** The command. */
  public Path launcher() {
    return root.resolve("firebuild");
  }
}
