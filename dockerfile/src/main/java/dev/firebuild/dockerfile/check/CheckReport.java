package dev.firebuild.dockerfile.check;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers the warnings about one file. */
public final class CheckReport {
  /** More than anybody reads. */
  private static final int LIMIT = 1_000;

  private final CheckSettings settings;
  private final List<CheckWarning> warnings = new ArrayList<>();

  public CheckReport(CheckSettings settings) {
    this.settings = settings;
  }

  /** Adds a warning about an instruction, unless the file skips the rule. */
  public void add(CheckRule rule, InstructionText text, String message) {
    if (warnings.size() < LIMIT && settings.applies(rule, text.comments())) {
      warnings.add(new CheckWarning(rule, text.location(), message));
    }
  }

  public List<CheckWarning> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Fails if there are warnings and the file says that they are errors.
   *
   * @throws DockerfileException in the phase PLAN, naming the rules and the lines
   */
  public void enforce() throws DockerfileException {
    if (settings.fatal() && !warnings.isEmpty()) {
      List<String> rules =
          warnings.stream().map(w -> w.rule().title()).distinct().sorted().toList();
      List<Location> locations = warnings.stream().map(CheckWarning::location).distinct().toList();
      throw new DockerfileException(
          "lint violation found for rules: %s (%s)"
              .formatted(String.join(", ", rules), warnings.getFirst().message()),
          Phase.PLAN,
          locations,
          Optional.empty());
    }
  }
}
