package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * ext4 files that this host makes. No program of the host ever reads one that a guest wrote; see
 * {@link Ext4Superblock}.
 */
public final class Ext4 {
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
}
