package dev.firebuild.dockerfile.word;

/**
 * How much one Dockerfile may grow while its variables are expanded. {@code ENV A=$A$A} thirty
 * times over is a gigabyte; people's files need a few kilobytes.
 */
public final class Budget {
  private static final long DEFAULT_UNITS = 64L << 20;

  private long left;

  public Budget(long units) {
    this.left = units;
  }

  /** Enough for any honest file: 64 Mi characters copied or compared. */
  public static Budget standard() {
    return new Budget(DEFAULT_UNITS);
  }

  /**
   * Takes units away: characters that are copied or compared.
   *
   * @throws WordException if there are not as many left
   */
  public void spend(long units) throws WordException {
    left -= units;
    if (left < 0) {
      throw new WordException("the variables of this Dockerfile expand to too much text");
    }
  }
}
