package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.Location;
import java.util.List;

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
}
