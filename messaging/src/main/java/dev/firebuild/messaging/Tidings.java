package dev.firebuild.messaging;

import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Who follows all topics by the reading of somebody else in this process: each record is read and
 * parsed once. Called by several threads, one for each topic; must not keep them waiting.
 */
public interface Tidings {
  /** A document was stored, in any partition. */
  void stored(Document document);

  /** The document of {@code key} was deleted. */
  void forgotten(String key);

  /** {@code record} asks for a build. */
  void requested(ConsumerRecord<String, byte[]> record, BuildRequest request);

  /** {@code record} asks for a VM. */
  void requested(ConsumerRecord<String, byte[]> record, RunRequest request);

  /** Something is said, after the reading began; output need not be told. */
  void heard(Event event);
}
