package dev.firebuild.dockerfile.pattern;

import java.util.Optional;

/**
 * A source of COPY or ADD, with or without wildcards. Whoever copies walks the tree below {@link
 * #directory()} in the order of names, compares each path with {@link #matches}, and does not enter
 * a directory that matches. No match is no error.
 */
public final class SourcePattern {
  private final String directory;
  private final Optional<GlobPattern> pattern;

  private SourcePattern(String directory, Optional<GlobPattern> pattern) {
    this.directory = directory;
    this.pattern = pattern;
  }

  /**
   * Reads a source.
   *
   * @param source absolute below the root of the context, stage or image
   * @throws PatternException if it has wildcards and is no pattern
   */
  public static SourcePattern parse(String source) throws PatternException {
    String path = Paths.clean("/" + source);
    if (!GlobPattern.hasWildcards(path)) {
      return new SourcePattern(path, Optional.empty());
    }
    StringBuilder fixed = new StringBuilder();
    String rest = path.substring(1);
    while (true) {
      int slash = rest.indexOf('/');
      String name = slash < 0 ? rest : rest.substring(0, slash);
      if (slash < 0 || GlobPattern.hasWildcards(name)) {
        String directory = fixed.isEmpty() ? "/" : fixed.toString();
        return new SourcePattern(directory, Optional.of(GlobPattern.parse(rest)));
      }
      fixed.append('/').append(name);
      rest = rest.substring(slash + 1);
    }
  }

  /** The one path that is meant, if there are no wildcards; backslashes in it are part of names. */
  public Optional<String> literal() {
    return pattern.isEmpty() ? Optional.of(directory) : Optional.empty();
  }

  /** Where the walk begins: the absolute path in front of the first name with wildcards. */
  public String directory() {
    return directory;
  }

  /**
   * Whether a path is one of those that are meant.
   *
   * @param path relative to {@link #directory()}
   */
  public boolean matches(String path) {
    return pattern.map(p -> p.matches(path)).orElse(path.isEmpty());
  }
}
