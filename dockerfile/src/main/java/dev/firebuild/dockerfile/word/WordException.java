package dev.firebuild.dockerfile.word;

/** A word that can't be expanded. */
public final class WordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String problem;

  public WordException(String problem) {
    super(problem);
    this.problem = problem;
  }

  @Override
  public String getMessage() {
    return problem;
  }
}
