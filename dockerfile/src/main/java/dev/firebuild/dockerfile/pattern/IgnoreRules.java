package dev.firebuild.dockerfile.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a {@code .dockerignore}: which files are left out of the build context. The last
 * rule that stands for a path, or for a directory above it, decides; {@code !} takes a path in
 * again. Paths are relative to the context's root and divided by slashes.
 *
 * @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">.dockerignore
 *     files</a>
 */
public final class IgnoreRules {
  /** Nothing is left out. */
  public static final IgnoreRules NONE = new IgnoreRules(List.of());

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /**
   * @param fixed the part of the pattern before its first wildcard
   */
  private record Rule(boolean includes, IgnorePattern pattern, String fixed) {}

  private final List<Rule> rules;

  private IgnoreRules(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * The names under which the rules for a Dockerfile are looked for; the first that is there
   * counts.
   *
   * @param dockerfile the path of the Dockerfile
   */
  public static List<String> fileNames(String dockerfile) {
    return List.of(dockerfile + ".dockerignore", ".dockerignore");
  }

  /**
   * Reads an ignore file.
   *
   * @throws PatternException if a line is no pattern; the message names the line
   */
  public static IgnoreRules parse(String text) throws PatternException {
    List<Rule> rules = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line =
          i == 0 && lines[i].startsWith(BYTE_ORDER_MARK) ? lines[i].substring(1) : lines[i];
      if (!line.startsWith("#") && !line.isBlank()) {
        try {
          rules.add(rule(line.strip()));
        } catch (PatternException e) {
          throw new PatternException("line %d: %s".formatted(i + 1, e.getMessage()));
        }
      }
    }
    return new IgnoreRules(List.copyOf(rules));
  }

  private static Rule rule(String line) throws PatternException {
    boolean includes = line.startsWith("!");
    String pattern = includes ? line.substring(1).strip() : line;
    if (pattern.isEmpty()) {
      throw new PatternException("illegal exclusion pattern: \"!\" needs a pattern behind it");
    }
    String cleaned = Paths.clean(pattern);
    String relative =
        cleaned.length() > 1 && cleaned.startsWith("/") ? cleaned.substring(1) : cleaned;
    GlobPattern.parse(relative);
    return new Rule(includes, IgnorePattern.parse(relative), fixedPart(relative));
  }

  private static String fixedPart(String pattern) {
    int end = 0;
    while (end < pattern.length() && "*?[\\".indexOf(pattern.charAt(end)) < 0) {
      end++;
    }
    return pattern.substring(0, end);
  }

  /** Whether a file or directory is left out. What lies in a directory is asked for by itself. */
  public boolean excludes(String path) {
    boolean[] matched = new boolean[rules.size()];
    int end = path.indexOf('/');
    while (end >= 0) {
      decide(path.substring(0, end), matched);
      end = path.indexOf('/', end + 1);
    }
    return decide(path, matched);
  }

  /**
   * Decides about a path whose directory has been decided about.
   *
   * @param matched which rules stand for the directory; then for the path too
   */
  private boolean decide(String path, boolean[] matched) {
    boolean excluded = false;
    for (int i = 0; i < matched.length; i++) {
      Rule rule = rules.get(i);
      if (!matched[i] && rule.includes == excluded) {
        matched[i] = rule.pattern.matches(path);
      }
      if (matched[i]) {
        excluded = !rule.includes;
      }
    }
    return excluded;
  }

  /**
   * Whether a directory is left out with all that it can hold, so that nobody needs to enter it.
   */
  public boolean excludesTree(String directory) {
    if (!excludes(directory)) {
      return false;
    }
    String inside = directory + "/";
    return rules.stream()
        .filter(Rule::includes)
        .noneMatch(rule -> rule.fixed.startsWith(inside) || inside.startsWith(rule.fixed));
  }
}
