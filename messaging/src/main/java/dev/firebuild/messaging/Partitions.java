package dev.firebuild.messaging;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** Where records of a key lie. */
public final class Partitions {
  private Partitions() {}

  /**
   * The partition of {@code key} among {@code count}, as every Kafka producer chooses it by
   * default: events, commands and documents of a subject lie in partitions of the same number.
   */
  public static int of(String key, int count) {
    return BuiltInPartitioner.partitionForKey(Bytes.of(key), count);
  }
}
