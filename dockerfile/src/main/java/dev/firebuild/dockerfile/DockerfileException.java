package dev.firebuild.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * A Dockerfile that can't be built as it stands: the author's mistake, told so that the author can
 * mend it. The message is a whole sentence part without the location; {@link #describe()} puts both
 * together.
 */
public final class DockerfileException extends Exception {
  private static final long serialVersionUID = 1L;

  /** When a mistake shows. */
  public enum Phase {
    /** The text itself is refused, whatever the arguments, the context and the images are. */
    PARSE,
    /** Stages, variables, flags and targets do not go together, or a base image is missing. */
    PLAN
  }

  private final Phase phase;
  private final transient List<Location> locations;
  private final transient Optional<Position> position;

  /**
   * @param message what is wrong, for people, without the line
   * @param locations the instructions to blame, first to last; empty if it is none of them
   * @param position the exact place, where it is known
   */
  public DockerfileException(
      String message, Phase phase, List<Location> locations, Optional<Position> position) {
    super(message);
    this.phase = phase;
    this.locations = List.copyOf(locations);
    this.position = position;
  }

  /** A mistake in one instruction. */
  public static DockerfileException at(Location location, Phase phase, String message) {
    return new DockerfileException(message, phase, List.of(location), Optional.empty());
  }

  /** A mistake that no single instruction is to blame for. */
  public static DockerfileException nowhere(Phase phase, String message) {
    return new DockerfileException(message, phase, List.of(), Optional.empty());
  }

  public Phase phase() {
    return phase;
  }

  /** The instructions to blame, first to last. */
  public List<Location> locations() {
    return locations;
  }

  /** The first instruction to blame. */
  public Optional<Location> location() {
    return locations.stream().findFirst();
  }

  /** The exact place, where it is known; it lies in {@link #location()}. */
  public Optional<Position> position() {
    return position;
  }

  /** The message with its place in front: {@code Dockerfile line 3, column 6: …}. */
  public String describe() {
    String column = position.map(p -> ", column " + p.column()).orElse("");
    return position
        .map(p -> "Dockerfile line " + p.line() + column + ": ")
        .or(() -> location().map(lines -> "Dockerfile " + lines + ": "))
        .orElse("Dockerfile: ")
        .concat(String.valueOf(getMessage()));
  }
}
