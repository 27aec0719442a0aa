package dev.firebuild.messaging;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The first record of each partition of a new topic. A producer that sends several at once into a
 * partition that was just made can lose them (KAFKA-15591); so one record goes first, alone. It has
 * no value, is deleted where that is possible, and every reader skips it.
 */
final class WarmUp {
  private static final String HEADER = "firebuild-warm-up";

  private WarmUp() {}

  static ProducerRecord<String, byte[]> record(String topic, int partition) {
    // A key: compacted topics take nothing without one. The absent value lets them forget it.
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, "warm-up", null);
    record.headers().add(HEADER, Bytes.of("1"));
    return record;
  }

  static boolean isWarmUp(ConsumerRecord<String, byte[]> record) {
    return record.value() == null && record.headers().lastHeader(HEADER) != null;
  }
}
