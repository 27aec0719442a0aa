package dev.firebuild.simulation.time;

/** A rule that must always hold does not. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String rule;

  /**
   * @param rule that does not hold, in a few words; the same for every place that shows it
   * @param details what shows it
   */
  public Violation(String rule, String details) {
    super(rule + ": " + details);
    this.rule = rule;
  }

  public String rule() {
    return rule;
  }
}
