package dev.firebuild.worker.guest.kernel;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/**
 * A file that holds a kernel: a Debian package, a tar, or the kernel alone. It is only ever read as
 * a stream; nothing is unpacked.
 *
 * @param file on this host
 */
record KernelPackage(Path file) {
  private static final int HEAD = 1024;
  private static final String AR_MAGIC = "!<arch>\n";

  /** Takes one file of the package. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one regular file.
     *
     * @param path as the package has it, for example {@code
     *     ./lib/modules/6.1.0/kernel/fs/overlayfs/overlay.ko.xz}
     * @param content readable during this call only
     */
    void visit(String path, InputStream content) throws IOException;
  }

  /** Whether {@code head} is the beginning of a kernel: an ELF file, or one for a boot loader. */
  static boolean isKernel(byte[] head) {
    return startsWith(head, 0, "\177ELF") || startsWith(head, 0x202, "HdrS");
  }

  /**
   * Visits every regular file.
   *
   * @throws IOException if the file is neither an archive nor a kernel
   */
  void forEach(Visitor visitor) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      if (isKernel(head)) {
        visitor.visit("vmlinuz", in);
      } else if (startsWith(head, 0, AR_MAGIC)) {
        visitTar(dataOfDebianPackage(in), visitor);
      } else {
        visitTar(decompressed(in), visitor);
      }
    }
  }

  private static InputStream dataOfDebianPackage(InputStream in) throws IOException {
    ArArchiveInputStream ar = new ArArchiveInputStream(in);
    for (ArArchiveEntry entry = ar.getNextEntry(); entry != null; entry = ar.getNextEntry()) {
      if (entry.getName().startsWith("data.tar")) {
        return decompressed(new BufferedInputStream(ar));
      }
    }
    throw new IOException("the Debian package has no data.tar member");
  }

  private static void visitTar(InputStream in, Visitor visitor) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in);
    boolean empty = true;
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      empty = false;
      if (entry.isFile()) {
        visitor.visit(entry.getName(), tar);
      }
    }
    if (empty) {
      throw new IOException(
          "neither a Debian kernel package, nor a tar of vmlinuz and modules, nor a kernel");
    }
  }

  /** {@code in} itself if it is not compressed in a known way. */
  static InputStream decompressed(InputStream in) throws IOException {
    try {
      String format = CompressorStreamFactory.detect(in);
      return new CompressorStreamFactory(true).createCompressorInputStream(format, in);
    } catch (CompressorException e) {
      return in;
    }
  }

  private static boolean startsWith(byte[] bytes, int offset, String text) {
    if (bytes.length < offset + text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[offset + i] != (byte) text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
