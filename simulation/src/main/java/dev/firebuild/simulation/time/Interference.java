package dev.firebuild.simulation.time;

/** What may happen to a process just before one of its steps. */
@FunctionalInterface
public interface Interference {
  /**
   * May kill or freeze {@code actor}.
   *
   * @param weighty whether the step matters more than those that are repeated all the time
   */
  void before(Actor actor, boolean weighty);
}
