package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * ext4 files that this host makes, and the few facts that it reads of those a guest wrote (the
 * layout is the kernel's {@code Documentation/filesystems/ext4/super.rst}). No program of the host
 * ever reads a guest's file system.
 */
public final class Ext4 {
  private static final int SUPERBLOCK = 1024;
  private static final int MAGIC_AT = 0x38;
  private static final int STATE_AT = 0x3a;
  private static final int INCOMPATIBLE_AT = 0x60;
  private static final int MAGIC = 0xef53;
  private static final int STATE_CLEAN = 1;
  private static final int STATE_ERRORS = 2;
  private static final int NEEDS_RECOVERY = 4;

  private final Processes processes;

  public Ext4(Processes processes) {
    this.processes = processes;
  }

  /**
   * Makes {@code file}, which must not exist, an empty sparse ext4 file system of {@code bytes}.
   */
  public void create(Path file, long bytes) throws IOException {
    make(
        file,
        bytes,
        List.of(
            "-O", "^resize_inode", "-E", "lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0"));
  }

  /**
   * Makes {@code file}, which must not exist, a layer from a directory that this host trusts.
   *
   * @param tree holds the layer's tree under {@code .up}
   */
  public void createFrom(Path tree, Path file, long bytes) throws IOException {
    make(
        file,
        bytes,
        List.of(
            "-d",
            tree.toString(),
            "-O",
            "^has_journal,^resize_inode",
            "-E",
            "lazy_itable_init=1,root_owner=0:0"));
  }

  private void make(Path file, long bytes, List<String> options) throws IOException {
    SparseFiles.create(file, bytes);
    List<String> argv = new ArrayList<>(List.of("mke2fs", "-q", "-F", "-t", "ext4", "-m", "0"));
    argv.addAll(options);
    argv.add(file.toString());
    try {
      processes.require(ProcessCommand.of(argv));
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Whether {@code file} was unmounted or frozen cleanly: no errors seen, and nothing in the
   * journal that a mount would have to replay.
   */
  public static boolean isClean(Path file) throws IOException {
    ByteBuffer superblock = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (superblock.hasRemaining()) {
        if (channel.read(superblock, SUPERBLOCK + superblock.position()) < 0) {
          return false;
        }
      }
    }
    int state = superblock.getShort(STATE_AT);
    return Short.toUnsignedInt(superblock.getShort(MAGIC_AT)) == MAGIC
        && (state & STATE_CLEAN) != 0
        && (state & STATE_ERRORS) == 0
        && (superblock.getInt(INCOMPATIBLE_AT) & NEEDS_RECOVERY) == 0;
  }
}
