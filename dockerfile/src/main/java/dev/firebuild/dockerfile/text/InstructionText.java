package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.Position;
import dev.firebuild.dockerfile.word.Spaces;
import java.util.List;
import java.util.Optional;

/**
 * One instruction as text: comments and line continuations are gone, heredocs and flags told apart.
 *
 * @param keyword as written
 * @param flags the words behind the keyword that begin with {@code --}, quotes removed
 * @param arguments what is left of the line, trimmed
 * @param line the whole instruction as one line
 * @param heredocs in the order of their words
 * @param comments the comment lines right above, without {@code #}
 * @param sourceLines the lines of the file, for showing them
 * @param emptyContinuation whether there are empty lines between continued ones
 */
public record InstructionText(
    String keyword,
    List<String> flags,
    String arguments,
    String line,
    List<Heredoc> heredocs,
    List<String> comments,
    List<String> sourceLines,
    boolean emptyContinuation,
    Location location) {
  public InstructionText {
    flags = List.copyOf(flags);
    heredocs = List.copyOf(heredocs);
    comments = List.copyOf(comments);
    sourceLines = List.copyOf(sourceLines);
  }

  /** The same text, blamed on other lines: a trigger is the fault of the FROM that fires it. */
  public InstructionText at(Location other) {
    return new InstructionText(
        keyword, flags, arguments, line, heredocs, comments, List.of(), emptyContinuation, other);
  }

  /** A mistake in this instruction. */
  public DockerfileException error(Phase phase, String message) {
    return error(phase, message, keyword);
  }

  /**
   * A mistake in this instruction.
   *
   * @param culprit the word to blame, to find the column
   */
  public DockerfileException error(Phase phase, String message, String culprit) {
    return new DockerfileException(
        message, phase, List.of(location), find(culprit).or(() -> find(keyword)));
  }

  private Optional<Position> find(String word) {
    for (int i = 0; i < sourceLines.size(); i++) {
      String source = sourceLines.get(i);
      int column = source.indexOf(word);
      if (column >= 0 && !Spaces.trimLeft(source).startsWith("#")) {
        return Optional.of(new Position(location.firstLine() + i, column + 1));
      }
    }
    return Optional.empty();
  }
}
