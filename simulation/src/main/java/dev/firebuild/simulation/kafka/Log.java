package dev.firebuild.simulation.kafka;

import java.util.ArrayList;
import java.util.List;

/** A partition of a topic. */
public class Log<T> {
  private final String name;
  private final List<Item<T>> items = new ArrayList<>();
  private final List<Tail> tails = new ArrayList<>();
  private long start;

  /**
   * A record.
   *
   * @param at nanoseconds of logical time
   */
  public record Item<T>(long offset, long at, T value) {}

  Log(String name) {
    this.name = name;
  }

  public final String name() {
    return name;
  }

  final Item<T> append(long at, T value) {
    Item<T> item = new Item<>(items.size(), at, value);
    items.add(item);
    wake();
    return item;
  }

  /** The first offset that is still there. */
  public final long start() {
    return start;
  }

  /** The offset of the next record. */
  public final long end() {
    return items.size();
  }

  /** The first offset that a reader does not get yet. */
  public long readable() {
    return end();
  }

  public final Item<T> get(long offset) {
    return items.get((int) offset);
  }

  /** All records that ever were. */
  public final List<Item<T>> items() {
    return items;
  }

  public final void deleteBefore(long offset) {
    start = Math.max(start, offset);
  }

  final void wake() {
    for (Tail tail : tails) {
      tail.wake();
    }
  }

  final void add(Tail tail) {
    tails.add(tail);
  }

  final void remove(Tail tail) {
    tails.remove(tail);
  }
}
