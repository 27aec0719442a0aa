package dev.firebuild.cli.command;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the tar of a build's context. */
@FunctionalInterface
public interface Packing {
  /**
   * Packs {@code folder} without what its ignore file names, always with {@code dockerfile}, into
   * the file {@code tar}. Throws {@link IOException} naming the file that cannot be packed.
   *
   * @param listener hears how far it is
   */
  Packed pack(Path folder, Path dockerfile, Path tar, Listener listener) throws IOException;

  /** Hears how far packing is: often, on the thread that packs. */
  @FunctionalInterface
  interface Listener {
    /**
     * So much is done.
     *
     * @param files that were looked at
     * @param bytes that were packed
     */
    void packed(long files, long bytes);
  }

  /**
   * A packed context.
   *
   * @param size in bytes
   * @param dockerfile the Dockerfile's path in it
   */
  record Packed(Digest digest, long size, String dockerfile) {}
}
