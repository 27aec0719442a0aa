package dev.firebuild.simulation.time;

import java.util.PriorityQueue;

/**
 * Logical time: steps that are due, one after the other. Two steps of the same moment run in the
 * order in which they were planned, so that a run is a function of its seed.
 */
public final class Timeline {
  public static final long MILLI = 1_000_000L;
  public static final long SECOND = 1000 * MILLI;

  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private long now;
  private long planned;
  private long steps;

  private record Due(long at, long number, Runnable step) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  /** Nanoseconds since the beginning. */
  public long now() {
    return now;
  }

  /** How many steps were taken. */
  public long steps() {
    return steps;
  }

  /** Plans {@code step} for {@code delay} nanoseconds from now. */
  public void after(long delay, Runnable step) {
    due.add(new Due(now + Math.max(1, delay), planned++, step));
  }

  /** Takes the next step; false: nothing is planned. */
  public boolean step() {
    Due next = due.poll();
    if (next == null) {
      return false;
    }
    now = next.at();
    steps++;
    next.step().run();
    return true;
  }
}
