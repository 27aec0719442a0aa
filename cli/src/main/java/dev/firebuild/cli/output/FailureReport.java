package dev.firebuild.cli.output;

import dev.firebuild.protocol.event.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a failed build shows at its end: the last output, the Dockerfile's lines, the reason. */
public final class FailureReport {
  private static final int OUTPUT = 10;
  private static final int AROUND = 2;
  private static final String RULE = "------";
  private static final String LONG_RULE = "--------------------";

  private FailureReport() {}

  /**
   * The lines.
   *
   * @param step that failed, with its output
   * @param dockerfile the Dockerfile's lines, if they are known here
   */
  public static List<String> lines(
      Failure failure, Optional<BuildModel.Step> step, String name, List<String> dockerfile) {
    List<String> lines = new ArrayList<>();
    step.ifPresent(failed -> {
      lines.add(RULE);
      lines.add(" > " + failed.title() + ":");
      lines.addAll(failed.tail().last(OUTPUT));
      lines.add(RULE);
    });
    failure
        .firstLine()
        .filter(first -> first >= 1 && first <= dockerfile.size())
        .ifPresent(first ->
            lines.addAll(excerpt(name, dockerfile, first, failure.lastLine().orElse(first))));
    lines.add("ERROR: " + Text.clean(failure.message()));
    return lines;
  }

  /** {@code Dockerfile:3} and the lines around, with the guilty ones marked. */
  public static List<String> excerpt(String name, List<String> dockerfile, int first, int last) {
    int from = Math.max(1, first - AROUND);
    int to = Math.min(dockerfile.size(), last + AROUND);
    List<String> lines = new ArrayList<>();
    lines.add(name + ":" + first);
    lines.add(LONG_RULE);
    for (int i = from; i <= to; i++) {
      lines.add(
          "%4d | %s %s"
              .formatted(
                  i, i >= first && i <= last ? ">>>" : "   ", Text.clean(dockerfile.get(i - 1)))
              .stripTrailing());
    }
    lines.add(LONG_RULE);
    return lines;
  }
}
