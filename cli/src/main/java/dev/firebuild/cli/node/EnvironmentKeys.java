package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The variables that mean something to firebuild. A name near one of them is a slip of the pen. */
public final class EnvironmentKeys {
  static final String PREFIX = "FIREBUILD_";

  /** Where the client finds its node; the launcher's own; the tests'. */
  private static final Set<String> OTHERS =
      Set.of("FIREBUILD_URL", "FIREBUILD_TOKEN", "FIREBUILD_AOT", "FIREBUILD_TEST_KERNEL");

  private EnvironmentKeys() {}

  /** All of them. */
  static Set<String> known() {
    return Stream.concat(Stream.of(Setting.values()).map(Setting::variable), OTHERS.stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Throws {@link CliException} for a variable of {@code environment} that means nothing. */
  public static void requireKnown(Map<String, String> environment) {
    Set<String> known = known();
    environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(name -> {
          throw new CliException(CliException.USAGE, message(name, known));
        });
  }

  private static String message(String name, Set<String> known) {
    String hint =
        nearest(name, known)
            .map("did you mean %s?"::formatted)
            .orElse("known are " + String.join(", ", known));
    return "the environment has %s, which means nothing to firebuild; %s".formatted(name, hint);
  }

  /** What differs in at most a third of the letters that follow the prefix. */
  private static Optional<String> nearest(String name, Set<String> known) {
    int tolerance = Math.max(1, (name.length() - PREFIX.length()) / 3);
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= tolerance)
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  /** Levenshtein's: letters put in, taken out or changed. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
