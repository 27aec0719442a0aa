package dev.firebuild.cli.context;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What stat(2) says about a file, no link followed.
 *
 * @param mode type and permission bits together
 * @param device with {@code inode} what tells two names of one file
 * @param links how many names the file has
 * @param special number of a device node
 * @param mtime seconds since 1970
 */
record FileFacts(
    int mode, long device, long inode, int links, long special, long size, long mtime) {
  private static final int TYPE_MASK = 0170000;
  private static final int PERMISSION_MASK = 07777;

  enum Type {
    FILE(0100000),
    DIRECTORY(0040000),
    SYMLINK(0120000),
    FIFO(0010000),
    CHARACTER(0020000),
    BLOCK(0060000),
    SOCKET(0140000);

    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }
  }

  static FileFacts of(Path path) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(
            path, "unix:mode,dev,ino,nlink,rdev,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    return new FileFacts(
        (int) number(facts, "mode"),
        number(facts, "dev"),
        number(facts, "ino"),
        (int) number(facts, "nlink"),
        number(facts, "rdev"),
        number(facts, "size"),
        // Before 1970 is beyond what every tar can say.
        Math.max(
            0,
            ((FileTime) Objects.requireNonNull(facts.get("lastModifiedTime")))
                .to(TimeUnit.SECONDS)));
  }

  Type type() {
    for (Type type : Type.values()) {
      if (type.bits == (mode & TYPE_MASK)) {
        return type;
      }
    }
    throw new IllegalStateException("a file of unknown type, mode " + Integer.toOctalString(mode));
  }

  int permissions() {
    return mode & PERMISSION_MASK;
  }

  /** Of a device node, as the C library's {@code gnu_dev_major} takes it apart. */
  int major() {
    return (int) (((special >>> 8) & 0xfff) | ((special >>> 32) & ~0xfffL));
  }

  /** Of a device node, as the C library's {@code gnu_dev_minor} takes it apart. */
  int minor() {
    return (int) ((special & 0xff) | ((special >>> 12) & ~0xffL));
  }

  private static long number(Map<String, Object> facts, String name) {
    return ((Number) Objects.requireNonNull(facts.get(name))).longValue();
  }
}
