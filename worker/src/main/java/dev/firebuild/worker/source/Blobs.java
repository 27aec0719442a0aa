package dev.firebuild.worker.source;

import dev.firebuild.protocol.Digest;
import java.nio.file.Path;

/** Uploaded files by digest: contexts, root file systems, kernels. Safe for use by many threads. */
public interface Blobs {
  /**
   * Gets the blob {@code digest}, its bytes verified. It stays on this host until the result is
   * closed.
   *
   * @throws SourceException {@code NOT_FOUND} if nobody has it, {@code HOST} if it cannot be had
   *     now
   */
  Blob get(Digest digest) throws SourceException, InterruptedException;

  /** A blob on this host. */
  interface Blob extends AutoCloseable {
    /** The blob's bytes; nobody may change them. */
    Path file();

    @Override
    void close();
  }
}
