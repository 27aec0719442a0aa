package dev.firebuild.worker.source;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.io.OutputStream;

/** Where blobs come from that this host does not have. */
@FunctionalInterface
public interface BlobSource {
  /**
   * Writes the blob {@code digest} to {@code out}, whoever says that it is it: the caller verifies.
   *
   * @return false if the source does not have it
   */
  boolean copy(Digest digest, OutputStream out) throws IOException, InterruptedException;
}
