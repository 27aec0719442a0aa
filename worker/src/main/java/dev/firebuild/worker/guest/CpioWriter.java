package dev.firebuild.worker.guest;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the {@code newc} cpio format that the kernel unpacks as its first root file system (the
 * kernel's {@code Documentation/driver-api/early-userspace/buffer-format.rst}). Everything belongs
 * to root, device nodes need no privilege, and equal input gives equal bytes.
 */
final class CpioWriter implements Closeable {
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;
  private static final int CHARACTER_DEVICE = 0020000;

  private final OutputStream out;
  private long written;
  private int inode;

  CpioWriter(OutputStream out) {
    this.out = out;
  }

  void directory(String path, int mode) throws IOException {
    entry(path, DIRECTORY | mode, 2, new byte[0], 0, 0);
  }

  void file(String path, int mode, byte[] content) throws IOException {
    entry(path, REGULAR | mode, 1, content, 0, 0);
  }

  void link(String path, String target) throws IOException {
    entry(path, LINK | 0777, 1, target.getBytes(StandardCharsets.UTF_8), 0, 0);
  }

  void characterDevice(String path, int mode, int major, int minor) throws IOException {
    entry(path, CHARACTER_DEVICE | mode, 1, new byte[0], major, minor);
  }

  @Override
  public void close() throws IOException {
    inode = -1;
    entry("TRAILER!!!", 0, 1, new byte[0], 0, 0);
    out.close();
  }

  private void entry(String path, int mode, int links, byte[] content, int major, int minor)
      throws IOException {
    inode++;
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    int[] fields = {
      inode, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length + 1, 0
    };
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append("%08X".formatted(field));
    }
    write(header.toString().getBytes(StandardCharsets.US_ASCII));
    write(name);
    write(new byte[1]);
    pad();
    write(content);
    pad();
  }

  private void pad() throws IOException {
    write(new byte[(int) (-written & 3)]);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }
}
