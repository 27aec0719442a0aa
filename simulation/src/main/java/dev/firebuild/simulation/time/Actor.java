package dev.firebuild.simulation.time;

import java.util.ArrayList;
import java.util.List;

/**
 * A process. Its steps are planned one by one, and before each of them it can be killed, which
 * loses all it knows and has planned, or frozen, which delays them until it goes on.
 */
public abstract class Actor {
  private final String name;
  private final Timeline time;
  private final Chance chance;
  private final History history;
  private final Interference interference;
  private final List<Runnable> frozen = new ArrayList<>();
  private boolean up;
  private boolean stopped;
  private int life;
  private long lastFault = Long.MIN_VALUE / 2;

  protected Actor(
      String name, Timeline time, Chance chance, History history, Interference interference) {
    this.name = name;
    this.time = time;
    this.chance = chance;
    this.history = history;
    this.interference = interference;
  }

  public final String name() {
    return name;
  }

  public final Chance chance() {
    return chance;
  }

  public final long now() {
    return time.now();
  }

  /** Number of the present life. */
  public final int life() {
    return life;
  }

  public final boolean isUp() {
    return up;
  }

  public final boolean isStopped() {
    return stopped;
  }

  /** When it was last killed, frozen or continued; long ago if never. */
  public final long lastFault() {
    return lastFault;
  }

  /** Plans a step that matters. */
  public final void after(long delay, Runnable step) {
    plan(delay, step, true);
  }

  /** Plans a step of the kind that is repeated all the time. */
  public final void idly(long delay, Runnable step) {
    plan(delay, step, false);
  }

  private void plan(long delay, Runnable step, boolean weighty) {
    int mine = life;
    time.after(delay, () -> take(mine, step, weighty));
  }

  private void take(int mine, Runnable step, boolean weighty) {
    if (mine != life) {
      return;
    }
    if (!stopped) {
      interference.before(this, weighty);
    }
    if (mine != life) {
      return;
    }
    if (stopped) {
      frozen.add(step);
    } else {
      step.run();
    }
  }

  /** Adds to the history. */
  public final void tell(String what) {
    history.add(name, what);
  }

  /** Whether {@link #tell} has a use. */
  public final boolean isTold() {
    return history.wanted();
  }

  /** Begins a life. */
  public final void start() {
    if (!up) {
      up = true;
      tell("starts");
      begin();
    }
  }

  /** kill -9. */
  public final void kill() {
    if (up) {
      tell("is killed");
      end();
    }
  }

  /** The process ends of its own will. */
  protected final void exit() {
    tell("has ended");
    end();
  }

  private void end() {
    up = false;
    stopped = false;
    lastFault = time.now();
    frozen.clear();
    cutOff();
    ended();
    life++;
  }

  /** SIGSTOP. */
  public final void stop() {
    if (up && !stopped) {
      tell("is stopped");
      stopped = true;
      lastFault = time.now();
      cutOff();
    }
  }

  /** Something else happens to the process that others may notice. */
  protected final void disturbed() {
    lastFault = time.now();
  }

  /** SIGCONT. */
  public final void proceed() {
    if (!stopped) {
      return;
    }
    tell("goes on");
    stopped = false;
    lastFault = time.now();
    List<Runnable> steps = List.copyOf(frozen);
    frozen.clear();
    int mine = life;
    for (Runnable step : steps) {
      time.after(chance.latency(), () -> take(mine, step, true));
    }
  }

  /** A new life begins. */
  protected abstract void begin();

  /** The process is killed or frozen: what is on its way may still arrive. */
  protected abstract void cutOff();

  /** The process is gone. */
  protected abstract void ended();
}
