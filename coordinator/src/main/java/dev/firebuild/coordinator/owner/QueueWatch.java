package dev.firebuild.coordinator.owner;

import java.util.function.Consumer;

/** How far the queues are, and the deletion of what they have behind them. No call waits. */
public interface QueueWatch {
  /** The queue of {@code topic} has everything before {@code offset} behind it. */
  record Start(String topic, long offset) {}

  /** Asks; the answers come to {@link #drain} later, or never. */
  void ask();

  void drain(Consumer<Start> consumer);

  /** Deletes the records of {@code topic} before {@code offset}. */
  void deleteBefore(String topic, long offset);
}
