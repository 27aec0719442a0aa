package dev.firebuild.dockerfile.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code check} directive: {@code skip=RULE,RULE;error=true}, or {@code skip=all}.
 *
 * @param skipped names of rules; {@code all} for all
 * @param fatal whether a warning fails the build
 */
public record CheckSettings(Set<String> skipped, boolean fatal) {
  private static final Pattern COMMENT =
      Pattern.compile("check\\s*=\\s*(\\S+).*", Pattern.CASE_INSENSITIVE);

  public static final CheckSettings DEFAULT = new CheckSettings(Set.of(), false);

  public CheckSettings {
    skipped = Set.copyOf(skipped);
  }

  /**
   * Reads a directive.
   *
   * @throws IllegalArgumentException if an option is unknown or has a wrong value
   */
  public static CheckSettings parse(String directive) {
    Set<String> skipped = new HashSet<>();
    boolean fatal = false;
    String options = directive.strip().split(" ", 2)[0];
    for (String option : options.split(";", 3)) {
      String[] parts = option.split("=", 2);
      String value = parts.length == 2 ? parts[1].strip() : "";
      switch (parts[0].strip()) {
        case "skip" -> {
          for (String rule : value.split(",", -1)) {
            skipped.add(rule.strip());
          }
        }
        case "error" -> fatal = bool(option, value);
        case "experimental" -> {} // there are no such rules
        default ->
            throw new IllegalArgumentException("invalid check option \"%s\"".formatted(option));
      }
    }
    return new CheckSettings(skipped, fatal);
  }

  private static boolean bool(String option, String value) {
    return switch (value) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default ->
          throw new IllegalArgumentException(
              "failed to parse check option \"%s\": expected true or false".formatted(option));
    };
  }

  /** Whether a rule counts for an instruction, which comments above it can say too. */
  public boolean applies(CheckRule rule, List<String> comments) {
    if (skips(rule)) {
      return false;
    }
    for (String comment : comments) {
      Matcher matcher = COMMENT.matcher(comment);
      if (matcher.matches()) {
        try {
          return !parse(matcher.group(1)).skips(rule);
        } catch (IllegalArgumentException e) {
          return true; // a comment that only looks like a directive
        }
      }
    }
    return true;
  }

  private boolean skips(CheckRule rule) {
    return skipped.contains("all") || skipped.contains(rule.title());
  }
}
