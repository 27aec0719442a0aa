package dev.firebuild.coordinator;

import dev.firebuild.messaging.KafkaSettings;
import dev.firebuild.protocol.BearerToken;
import java.nio.file.Path;
import java.time.Duration;

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
 * @param keepBlobs uploads that no unfinished build needs are removed so long after somebody asked
 *     for them
 * @param keep settled documents are forgotten so long after their end
 */
public record CoordinatorConfig(
    String id,
    KafkaSettings kafka,
    String host,
    int port,
    BearerToken token,
    Path blobs,
    long blobLimit,
    Duration keepBlobs,
    Duration keep) {
  /** The most bytes of one upload, unless said otherwise. */
  public static final long BLOB_LIMIT = 64L << 30;

  /** Uploads outlive a working day, unless said otherwise. */
  public static final Duration KEEP_BLOBS = Duration.ofHours(24);

  /** As long as the event topic keeps what was said, unless said otherwise. */
  public static final Duration KEEP = Duration.ofDays(7);

  /** With the usual limits. */
  public CoordinatorConfig(
      String id, KafkaSettings kafka, String host, int port, BearerToken token, Path blobs) {
    this(id, kafka, host, port, token, blobs, BLOB_LIMIT, KEEP_BLOBS, KEEP);
  }
}
