package dev.firebuild.worker.build;

import dev.firebuild.worker.build.CopyTree.Content;
import dev.firebuild.worker.build.CopyTree.Node;
import dev.firebuild.worker.source.ContextEntry.Kind;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the drive that brings files into a build VM: one after the other, archives that begin at
 * multiples of 64 KiB. Each {@link Load} is two archives: lists about the files, small, which the
 * guest's script reads first; then the files themselves.
 */
final class InputDrive implements Closeable {
  /** The unit of places on the drive, as the script counts. */
  static final int BLOCK = 64 * 1024;

  /** Of what no file of the context brings: zip, for one, knows no time before 1980. */
  static final long MTIME = 315_619_200;

  private final FileChannel out;
  private final Optional<FileChannel> context;

  /** Where an archive lies on the drive, in blocks. */
  record Place(long skip, long count) {
    @Override
    public String toString() {
      return skip + "+" + count;
    }
  }

  /** What one step brings. */
  record Load(Place lists, Place data) {}

  /** Writes the members of an archive. */
  @FunctionalInterface
  interface Members {
    void write(TarWriter tar) throws IOException;
  }

  /**
   * @param file made; must not exist
   * @param context archive that the files come from, if any do
   */
  InputDrive(Path file, Optional<Path> context) throws IOException {
    this.out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    this.context =
        context.isPresent()
            ? Optional.of(FileChannel.open(context.get(), StandardOpenOption.READ))
            : Optional.empty();
  }

  /**
   * Adds the files of a step.
   *
   * @param owner of the files; root if it is only known in the guest
   */
  Load add(CopyTree tree, Ids owner) throws IOException {
    Lists lists = Lists.of(tree);
    Place first = archive(StandardCharsets.UTF_8, lists::write);
    return new Load(first, archive(StandardCharsets.UTF_8, tar -> write(tree, owner, tar)));
  }

  /** Numbers of a user and a group. */
  record Ids(long uid, long gid) {
    static final Ids ROOT = new Ids(0, 0);

    @Override
    public String toString() {
      return uid + ":" + gid;
    }
  }

  /** Appends an archive. */
  Place archive(Charset names, Members members) throws IOException {
    long start = out.position();
    OutputStream buffered = new BufferedOutputStream(Channels.newOutputStream(out), BLOCK);
    TarWriter tar = new TarWriter(buffered, names);
    members.write(tar);
    tar.finish();
    long blocks = (out.position() - start + BLOCK - 1) / BLOCK;
    pad(start + blocks * BLOCK);
    return new Place(start / BLOCK, blocks);
  }

  @Override
  public void close() throws IOException {
    try (out) {
      if (context.isPresent()) {
        context.get().close();
      }
    }
  }

  private void write(CopyTree tree, Ids owner, TarWriter tar) throws IOException {
    Map<String, String> written = new HashMap<>();
    for (Node node : tree.nodes().values()) {
      String path = "./" + node.path();
      String first = written.putIfAbsent(node.identity(), path);
      if (node.kind() != Kind.DIRECTORY && first != null) {
        tar.write(TarEntry.hardLink(path, first, node.mode(), node.mtime()));
      } else {
        write(tar, entry(path, node, owner), node.content());
      }
    }
  }

  private void write(TarWriter tar, TarEntry entry, Content content) throws IOException {
    switch (content) {
      case Content.None _ -> tar.write(entry);
      case Content.Inline(String text) -> tar.write(entry, text.getBytes(StandardCharsets.UTF_8));
      case Content.InContext(long offset, String _) -> {
        FileChannel in =
            context.orElseThrow(() -> new IllegalStateException("files of no context"));
        tar.write(entry, Channels.newInputStream(in.position(offset)));
      }
    }
  }

  private static TarEntry entry(String path, Node node, Ids owner) {
    TarEntry.Type type =
        switch (node.kind()) {
          case FILE -> TarEntry.Type.FILE;
          case DIRECTORY -> TarEntry.Type.DIRECTORY;
          case SYMLINK -> TarEntry.Type.SYMLINK;
          case FIFO -> TarEntry.Type.FIFO;
          case CHARACTER -> TarEntry.Type.CHARACTER;
          case BLOCK -> TarEntry.Type.BLOCK;
        };
    return new TarEntry(
        path,
        type,
        node.mode(),
        owner.uid(),
        owner.gid(),
        node.size(),
        node.link(),
        node.major(),
        node.minor(),
        node.mtime(),
        node.attributes());
  }

  private void pad(long end) throws IOException {
    if (end > out.position()) {
      // One byte at the end; what lies before it is a hole.
      out.write(java.nio.ByteBuffer.allocate(1), end - 1);
    }
    out.position(end);
  }

  /**
   * What the script asks about the files before and after it extracts them, as members of an
   * archive: names are preceded by {@code ./} and end with NUL.
   */
  private record Lists(
      ByteArrayOutputStream directories,
      ByteArrayOutputStream others,
      ByteArrayOutputStream special) {
    private static final int SET_ID = 06000;

    private static Lists of(CopyTree tree) {
      Lists lists =
          new Lists(
              new ByteArrayOutputStream(),
              new ByteArrayOutputStream(),
              new ByteArrayOutputStream());
      for (Node node : tree.nodes().values()) {
        String path = "./" + node.path();
        put(node.kind() == Kind.DIRECTORY ? lists.directories : lists.others, path);
        if (node.kind() != Kind.DIRECTORY
            && node.kind() != Kind.SYMLINK
            && (node.mode() & SET_ID) != 0) {
          put(lists.special, Integer.toOctalString(node.mode()));
          put(lists.special, path);
        }
      }
      return lists;
    }

    private void write(TarWriter tar) throws IOException {
      write(tar, "directories", directories);
      write(tar, "others", others);
      write(tar, "special", special);
    }

    private static void write(TarWriter tar, String name, ByteArrayOutputStream list)
        throws IOException {
      tar.write(TarEntry.file(name, 0600, list.size(), MTIME), list.toByteArray());
    }

    private static void put(ByteArrayOutputStream list, String text) {
      list.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      list.write(0);
    }
  }
}
