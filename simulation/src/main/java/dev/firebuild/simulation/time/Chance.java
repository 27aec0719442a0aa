package dev.firebuild.simulation.time;

import java.util.List;
import java.util.SplittableRandom;

/** What a seed decides. */
public final class Chance {
  private final SplittableRandom random;

  public Chance(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** One time of {@code n}. */
  public boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /** From {@code least} to {@code most}, both included. */
  public int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** From {@code least} to {@code most} milliseconds, as nanoseconds. */
  public long millis(long least, long most) {
    return random.nextLong(least * Timeline.MILLI, most * Timeline.MILLI + 1);
  }

  /** Less than {@code most} nanoseconds. */
  public long upTo(long most) {
    return random.nextLong(most);
  }

  /** The way over the network: mostly short, sometimes not. */
  public long latency() {
    int kind = random.nextInt(64);
    if (kind == 0) {
      return millis(40, 400);
    }
    return kind < 8 ? millis(5, 40) : random.nextLong(100_000, 5 * Timeline.MILLI);
  }

  public <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }
}
