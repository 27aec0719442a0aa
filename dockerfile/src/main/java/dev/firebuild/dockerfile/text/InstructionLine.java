package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.word.Spaces;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of an instruction's line.
 *
 * @param keyword the first word
 * @param flags the words behind it that begin with {@code --}, quotes and escapes removed; {@code
 *     --} alone ends them
 * @param arguments the rest, trimmed
 */
public record InstructionLine(String keyword, List<String> flags, String arguments) {
  public InstructionLine {
    flags = List.copyOf(flags);
  }

  /**
   * Divides a line.
   *
   * @param escape the escape character in effect
   */
  public static InstructionLine parse(String line, char escape) {
    List<String> parts = Spaces.splitOnce(Spaces.trim(line));
    if (parts.size() == 1) {
      return new InstructionLine(parts.getFirst(), List.of(), "");
    }
    FlagScanner scanner = new FlagScanner(parts.getLast(), escape);
    List<String> flags = scanner.takeFlags();
    return new InstructionLine(parts.getFirst(), flags, Spaces.trim(scanner.rest()));
  }

  /** Takes flags from the beginning of the arguments. */
  private static final class FlagScanner {
    private final String text;
    private final char escape;
    private int next;

    FlagScanner(String text, char escape) {
      this.text = text;
      this.escape = escape;
    }

    String rest() {
      return text.substring(next);
    }

    List<String> takeFlags() {
      List<String> flags = new ArrayList<>();
      skipSpaces();
      while (text.startsWith("--", next)) {
        String flag = takeWord();
        skipSpaces();
        if (flag.equals("--")) {
          break;
        }
        flags.add(flag);
      }
      return flags;
    }

    private void skipSpaces() {
      while (next < text.length() && Spaces.isSpace(text.charAt(next))) {
        next++;
      }
    }

    private String takeWord() {
      StringBuilder word = new StringBuilder();
      char quote = 0;
      while (next < text.length()) {
        char c = text.charAt(next);
        if (quote == 0 && Spaces.isSpace(c)) {
          break;
        }
        next++;
        if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (quote != 0 && c == quote) {
          quote = 0;
        } else if (c != escape) {
          word.append(c);
        } else if (next < text.length()) {
          word.append(text.charAt(next++));
        }
      }
      return word.toString();
    }
  }
}
