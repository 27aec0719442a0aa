package dev.firebuild.worker.http;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.io.OutputStream;

/** Makes a tar of an image's merged tree. */
@FunctionalInterface
public interface ImageExport {
  /** Writes the tar of the image {@code manifest} to {@code out} as it is made. */
  void export(Digest manifest, OutputStream out) throws IOException, InterruptedException;
}
