package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.word.Spaces;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the directives from the top of the file: comments of the form {@code # name=value}, up to
 * the first line that is none.
 *
 * @see <a href="https://docs.docker.com/reference/dockerfile/#parser-directives">Parser
 *     directives</a>
 */
final class DirectiveReader {
  private static final Pattern DIRECTIVE =
      Pattern.compile("([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final List<String> NAMES = List.of("syntax", "escape", "check");

  private final Map<String, String> found = new HashMap<>();
  private boolean done;

  /**
   * Looks at the next line.
   *
   * @param content without white space at its beginning and without its line end
   * @return whether the line is a directive
   */
  boolean accept(String content, int number) throws DockerfileException {
    if (done) {
      return false;
    }
    Optional<Matcher> directive = match(content);
    if (directive.isEmpty()) {
      done = true;
      return false;
    }
    String name = directive.get().group(1).toLowerCase(Locale.ROOT);
    String value = directive.get().group(2);
    if (found.putIfAbsent(name, value) != null) {
      throw DockerfileException.at(
          Location.line(number),
          Phase.PARSE,
          "only one %s parser directive can be used".formatted(name));
    }
    if (name.equals("escape") && !value.equals("\\") && !value.equals("`")) {
      throw DockerfileException.at(
          Location.line(number),
          Phase.PARSE,
          "invalid escape token '%s': it can be \\ or `".formatted(value));
    }
    return true;
  }

  private static Optional<Matcher> match(String content) {
    if (!content.startsWith("#")) {
      return Optional.empty();
    }
    Matcher matcher = DIRECTIVE.matcher(Spaces.trimLeft(content.substring(1)));
    return matcher.matches() && NAMES.contains(matcher.group(1).toLowerCase(Locale.ROOT))
        ? Optional.of(matcher)
        : Optional.empty();
  }

  char escape() {
    return found.getOrDefault("escape", "\\").charAt(0);
  }

  Directives directives() {
    return new Directives(
        escape(),
        Optional.ofNullable(found.get("syntax")),
        Optional.ofNullable(found.get("check")));
  }
}
