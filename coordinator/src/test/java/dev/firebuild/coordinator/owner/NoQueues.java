package dev.firebuild.coordinator.owner;

import java.util.function.Consumer;

/** Where nothing is queued. */
public final class NoQueues implements QueueWatch {
  @Override
  public void ask() {}

  @Override
  public void drain(Consumer<Start> consumer) {}

  @Override
  public void deleteBefore(String topic, long offset) {}
}
