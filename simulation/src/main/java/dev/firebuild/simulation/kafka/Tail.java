package dev.firebuild.simulation.kafka;

import dev.firebuild.simulation.time.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A reader of some partitions, for one process: each in its order, among each other in none. */
public final class Tail {
  private final Actor reader;
  private final Broker broker;
  private final List<Reading<?>> readings = new ArrayList<>();
  private final long slowness;
  private boolean due;

  private static final class Reading<T> {
    private final Log<T> log;
    private final Consumer<Log.Item<T>> listener;
    private long position;

    Reading(Log<T> log, long position, Consumer<Log.Item<T>> listener) {
      this.log = log;
      this.position = position;
      this.listener = listener;
    }

    void read(long most) {
      position = Math.max(position, log.start());
      long end = Math.min(log.readable(), position + most);
      while (position < end) {
        listener.accept(log.get(position++));
      }
    }

    boolean isBehind() {
      return position < log.readable();
    }
  }

  /**
   * @param slowness the most nanoseconds that reading lags behind, beside the network
   */
  public Tail(Actor reader, Broker broker, long slowness) {
    this.reader = reader;
    this.broker = broker;
    this.slowness = slowness;
  }

  /** Reads {@code log} from {@code position} on. */
  public <T> void read(Log<T> log, long position, Consumer<Log.Item<T>> listener) {
    readings.add(new Reading<>(log, position, listener));
    log.add(this);
    wake();
  }

  /** There may be something to read. */
  void wake() {
    if (!due) {
      due = true;
      long slow = slowness == 0 ? 0 : reader.chance().upTo(slowness);
      reader.idly(slow + reader.chance().latency(), this::turn);
    }
  }

  private void turn() {
    due = false;
    if (!broker.isUp()) {
      // the broker wakes everybody when it is back
      return;
    }
    boolean behind = false;
    for (Reading<?> reading : readings) {
      if (reading.isBehind() && !reader.chance().oneIn(4)) {
        reading.read(reader.chance().between(1, 40));
      }
      behind |= reading.isBehind();
    }
    if (behind) {
      wake();
    }
  }

  /** Reads all there is; false: the broker is away. */
  public boolean readToEnd() {
    if (!broker.isUp()) {
      return false;
    }
    readings.forEach(reading -> reading.read(Long.MAX_VALUE / 2));
    return true;
  }

  /** Whether all is read that can be. */
  public boolean isAtEnd() {
    return readings.stream().noneMatch(Reading::isBehind);
  }

  /** The process is gone. */
  public void close() {
    readings.forEach(reading -> reading.log.remove(this));
    readings.clear();
  }
}
