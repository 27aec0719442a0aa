package dev.firebuild.worker.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * ext4 files that this host makes. No program of the host ever reads one that a guest wrote; see
 * {@link Ext4Superblock}.
 */
public final class Ext4 {
  /** Disks have few sizes: one of builds, one of runs, those that requests name. */
  private static final int TEMPLATES = 16;

  private final Processes processes;
  private final RandomGenerator random;

  /** By size, the longest unused first. They live as long as this worker: no other mke2fs's. */
  private final LinkedHashMap<Long, Ext4Template> templates =
      new LinkedHashMap<>(TEMPLATES, 0.75f, true);

  /**
   * @param random gives each file system its identity
   */
  public Ext4(Processes processes, RandomGenerator random) {
    this.processes = processes;
    this.random = random;
  }

  /**
   * Makes {@code file}, which must not exist, an empty sparse ext4 file system of {@code bytes}.
   * The first of a size is mke2fs's, which takes the time of a process; the others are written as
   * that one was.
   */
  public void create(Path file, long bytes) throws IOException {
    Optional<Ext4Template> template = template(bytes);
    if (template.isPresent()) {
      template.get().write(file, Ext4Template.Identity.random(random));
    } else {
      make(
          file,
          bytes,
          List.of(
              "-O",
              "^resize_inode,metadata_csum,metadata_csum_seed",
              "-E",
              "lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0"));
      remember(file, bytes);
    }
  }

  private Optional<Ext4Template> template(long bytes) {
    synchronized (templates) {
      return Optional.ofNullable(templates.get(bytes));
    }
  }

  private void remember(Path file, long bytes) throws IOException {
    Optional<Ext4Template> made;
    try {
      made = Ext4Template.of(file);
    } catch (IOException e) {
      Files.delete(file);
      throw e;
    }
    synchronized (templates) {
      made.ifPresent(template -> templates.put(bytes, template));
      if (templates.size() > TEMPLATES) {
        templates.pollFirstEntry();
      }
    }
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
