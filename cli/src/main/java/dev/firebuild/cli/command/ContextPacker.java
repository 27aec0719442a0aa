package dev.firebuild.cli.command;

import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the tar of a build's context. */
@FunctionalInterface
public interface ContextPacker {
  /**
   * Packs {@code folder} without what its {@code .dockerignore} names, always with {@code
   * dockerfile}, into a new temporary file. Throws {@link IOException} naming the file that cannot
   * be read.
   *
   * @param dockerfile path of the Dockerfile, relative to {@code folder}
   */
  Packed pack(Path folder, String dockerfile) throws IOException;

  /** A packed context; the caller deletes {@code file}. */
  record Packed(Path file, Digest digest, long bytes) {}
}
