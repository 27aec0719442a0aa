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
   */
  Packed pack(Path folder, Path dockerfile, Path tar) throws IOException;

  /**
   * A packed context.
   *
   * @param dockerfile the Dockerfile's path in it
   */
  record Packed(Digest digest, String dockerfile) {}
}
