package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.word.Spaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The arguments of ENV, LABEL and ARG: words that quotes and escapes hold together. */
final class NameValueParser {
  private NameValueParser() {}

  /** {@code name=value …}, or the old form {@code name rest of the line}. */
  static List<NameValue> pairs(InstructionText text, String arguments, String keyword, char escape)
      throws DockerfileException {
    List<String> words = words(arguments, escape);
    if (words.isEmpty()) {
      return List.of();
    }
    if (words.getFirst().indexOf('=') < 0) {
      List<String> parts = Spaces.splitOnce(arguments);
      if (parts.size() < 2) {
        throw text.error(Phase.PARSE, keyword + " must have two arguments");
      }
      return List.of(new NameValue(parts.getFirst(), parts.getLast(), true));
    }
    List<NameValue> pairs = new ArrayList<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw text.error(
            Phase.PARSE,
            "Syntax error - can't find = in \"%s\". Must be of the form: name=value"
                .formatted(word),
            word);
      }
      pairs.add(new NameValue(word.substring(0, equals), word.substring(equals + 1), false));
    }
    return pairs;
  }

  /** {@link #pairs}, of which there must be one, and each must have a name. */
  static List<NameValue> namedPairs(InstructionText text, String keyword, char escape)
      throws DockerfileException {
    List<NameValue> pairs = pairs(text, text.arguments(), keyword, escape);
    Arguments.requireAny(text, keyword);
    for (NameValue pair : pairs) {
      if (pair.name().isEmpty()) {
        throw text.error(Phase.PARSE, keyword + " names can not be blank", "=" + pair.value());
      }
    }
    return pairs;
  }

  /** {@code name …} or {@code name=default …}. */
  static List<Argument> arguments(InstructionText text, char escape) throws DockerfileException {
    Arguments.requireAny(text, "ARG");
    List<Argument> arguments = new ArrayList<>();
    for (String word : words(text.arguments(), escape)) {
      int equals = word.indexOf('=');
      if (equals == 0) {
        throw text.error(Phase.PARSE, "ARG names can not be blank", word);
      }
      arguments.add(
          equals < 0
              ? new Argument(word, Optional.empty())
              : new Argument(word.substring(0, equals), Optional.of(word.substring(equals + 1))));
    }
    return arguments;
  }

  /** Divides at white space outside quotes; quotes and escapes stay for the expansion. */
  private static List<String> words(String text, char escape) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Spaces.isSpace(c)) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else if (c == escape && quote != '\'') {
        if (i + 1 < text.length()) {
          i++;
          word.append(c).append(text.charAt(i));
        }
      } else {
        if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (c == quote) {
          quote = 0;
        }
        word.append(c);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}
