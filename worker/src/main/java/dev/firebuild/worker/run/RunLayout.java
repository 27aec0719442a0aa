package dev.firebuild.worker.run;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Every path on disk that runs use, below one root.
 *
 * @param root one directory per held VM, named after its instance
 */
public record RunLayout(Path root) {
  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]{20}");

  public RunLayout {
    root = root.toAbsolutePath().normalize();
  }

  /** Whether {@code name} can be a run's directory. */
  static boolean isInstance(String name) {
    return INSTANCE.matcher(name).matches();
  }

  /** The directory of the run {@code instance}. */
  public Path directory(String instance) {
    if (!isInstance(instance)) {
      throw new IllegalArgumentException("instance: expected 20 characters a-z 0-9");
    }
    return root.resolve(instance);
  }

  /** What a later worker must know, see {@link RunRecord}. */
  public Path record(String instance) {
    return directory(instance).resolve("run.json");
  }

  /** What the guest writes. */
  public Path upper(String instance) {
    return directory(instance).resolve("upper.ext4");
  }

  /** How much of the output Kafka has, see {@link OutputPosition}. */
  public Path position(String instance) {
    return directory(instance).resolve("output-position");
  }

  /** The guest's console, kept when the machine is gone. */
  public Path console(String instance) {
    return directory(instance).resolve("console.log");
  }
}
