package dev.firebuild.coordinator;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.BearerToken;
import java.nio.file.Path;

/**
 * Settings of a coordinator.
 *
 * @param id of this coordinator, the same after a restart
 * @param kafka how to reach Kafka
 * @param host address to listen on
 * @param port to listen on; 0: the system chooses one
 * @param token that clients must show
 * @param blobs folder of uploads, shared by all coordinators
 * @param blobLimit the most bytes of one upload
 */
public record CoordinatorConfig(
    String id,
    KafkaSettings kafka,
    String host,
    int port,
    BearerToken token,
    Path blobs,
    long blobLimit) {
  /** The most bytes of one upload, unless said otherwise. */
  public static final long BLOB_LIMIT = 64L << 30;

  /** With the usual limit of uploads. */
  public CoordinatorConfig(
      String id, KafkaSettings kafka, String host, int port, BearerToken token, Path blobs) {
    this(id, kafka, host, port, token, blobs, BLOB_LIMIT);
  }
}
