package dev.firebuild.cli.context;

import dev.firebuild.dockerfile.pattern.IgnoreRules;
import dev.firebuild.dockerfile.pattern.PatternException;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Text;
import dev.firebuild.worker.source.ContextIndex;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Packs a directory as BuildKit sends a local one: owners become root, permission bits stay, links
 * stay links, times of modification stay, to the second (of directories not: whatever comes and
 * goes in them, ignored or not, would make it another context to upload); sockets become empty
 * files. Of extended attributes those of users ({@code user.*}) stay; capabilities do not outlive
 * the change of the owner with BuildKit either.
 */
public final class ContextPacker {
  private static final int BUFFER = 256 * 1024;
  private static final String RESERVED_DOCKERFILE = ContextIndex.RESERVED + "/Dockerfile";

  /** The first that zip knows, too. */
  private static final long DIRECTORY_MTIME = 315_619_200;

  private static final char REPLACEMENT = '\ufffd';

  private final Path root;
  private final IgnoreRules rules;
  private final TarWriter tar;
  private final PackingListener listener;
  private final Map<FileIdentity, String> names = new HashMap<>();
  private final List<String> pendingDirectories = new ArrayList<>();

  private record FileIdentity(long device, long inode) {}

  private long files;
  private long bytes;

  private ContextPacker(Path root, IgnoreRules rules, TarWriter tar, PackingListener listener) {
    this.root = root;
    this.rules = rules;
    this.tar = tar;
    this.listener = listener;
  }

  /** The same, heard by nobody. */
  public static PackedContext pack(Path directory, Path dockerfile, Path tar) throws IOException {
    return pack(directory, dockerfile, tar, (_, _) -> {});
  }

  /**
   * Packs {@code directory} into the file {@code tar}.
   *
   * @param dockerfile the Dockerfile, which may lie outside the directory; its own ignore file, or
   *     the one of the directory, says what is left out
   * @param listener hears how far it is
   * @throws ContextException if the directory or a file in it cannot be part of a context
   */
  public static PackedContext pack(
      Path directory, Path dockerfile, Path tar, PackingListener listener) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new ContextException(
          "the context %s is not a directory".formatted(Text.quote(directory.toString())));
    }
    if (!Files.isRegularFile(dockerfile)) {
      throw new ContextException(
          "there is no Dockerfile %s; -f names another one"
              .formatted(Text.quote(dockerfile.toString())));
    }
    MessageDigest sha256 = Digest.sha256();
    String name;
    try (OutputStream file = Files.newOutputStream(tar);
        CountedOutput counted = new CountedOutput(new DigestOutputStream(file, sha256));
        OutputStream out = new BufferedOutputStream(counted, BUFFER);
        TarWriter writer = new TarWriter(out, StandardCharsets.UTF_8)) {
      ContextPacker packer =
          new ContextPacker(directory, rules(directory, dockerfile), writer, listener);
      counted.onBytes(packer::written);
      packer.packDirectory("");
      name = packer.packDockerfile(dockerfile);
      writer.finish();
    }
    return new PackedContext(tar, Digest.of(sha256), Files.size(tar), name);
  }

  private void written(long sum) {
    bytes = sum;
    listener.packed(files, bytes);
  }

  private static IgnoreRules rules(Path directory, Path dockerfile) throws IOException {
    Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
    for (Path file : List.of(own, directory.resolve(".dockerignore"))) {
      try {
        return IgnoreRules.parse(Files.readString(file));
      } catch (NoSuchFileException _) {
        // The next one, or none.
      } catch (PatternException e) {
        throw new ContextException("%s, %s".formatted(Text.quote(file.toString()), e.getMessage()));
      }
    }
    return IgnoreRules.NONE;
  }

  /** Packs what is in the directory {@code path}, relative to the root; empty for the root. */
  private void packDirectory(String path) throws IOException {
    for (String name : sortedNames(root.resolve(path))) {
      String child = path.isEmpty() ? name : path + "/" + name;
      if (child.equals(ContextIndex.RESERVED)) {
        throw new ContextException(
            "the context holds %s, a name that firebuild needs".formatted(child));
      }
      pack(child);
    }
  }

  private void pack(String path) throws IOException {
    files++;
    listener.packed(files, bytes);
    FileFacts facts = FileFacts.of(root.resolve(path));
    boolean excluded = rules.excludes(path);
    if (facts.type() == FileFacts.Type.DIRECTORY) {
      if (!excluded || !rules.excludesTree(path)) {
        packTree(path, excluded);
      }
    } else if (!excluded) {
      packPendingDirectories();
      packFile(path, facts);
    }
  }

  /** A directory that is left out comes along all the same once something in it is taken. */
  private void packTree(String path, boolean excluded) throws IOException {
    pendingDirectories.add(path);
    if (!excluded) {
      packPendingDirectories();
    }
    packDirectory(path);
    pendingDirectories.remove(path);
  }

  private void packPendingDirectories() throws IOException {
    for (String directory : pendingDirectories) {
      Path place = root.resolve(directory);
      int permissions = FileFacts.of(place).permissions();
      tar.write(
          TarEntry.directory(directory, permissions, DIRECTORY_MTIME)
              .withAttributes(UserAttributes.of(place)));
    }
    pendingDirectories.clear();
  }

  private void packFile(String path, FileFacts facts) throws IOException {
    String first =
        facts.links() > 1
            ? names.putIfAbsent(new FileIdentity(facts.device(), facts.inode()), path)
            : null;
    if (first != null) {
      tar.write(TarEntry.hardLink(path, first, facts.permissions(), facts.mtime()));
      return;
    }
    switch (facts.type()) {
      case FILE -> packContent(path, root.resolve(path), facts);
      case SYMLINK -> {
        String target = Files.readSymbolicLink(root.resolve(path)).toString();
        tar.write(TarEntry.symlink(path, requireUnicode(target, path), facts.mtime()));
      }
      case FIFO -> tar.write(special(path, TarEntry.Type.FIFO, facts));
      case CHARACTER -> tar.write(special(path, TarEntry.Type.CHARACTER, facts));
      case BLOCK -> tar.write(special(path, TarEntry.Type.BLOCK, facts));
      case SOCKET -> tar.write(TarEntry.file(path, facts.permissions(), 0, facts.mtime()));
      case DIRECTORY -> throw new IllegalStateException("packed elsewhere");
    }
  }

  private void packContent(String path, Path file, FileFacts facts) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      tar.write(
          TarEntry.file(path, facts.permissions(), facts.size(), facts.mtime())
              .withAttributes(UserAttributes.of(file)),
          in);
    }
  }

  private static TarEntry special(String path, TarEntry.Type type, FileFacts facts) {
    return new TarEntry(
        path, type, facts.permissions(), 0, 0, 0, "", facts.major(), facts.minor(), facts.mtime());
  }

  /** Where the Dockerfile is in the context; one that is not in it is put aside for the build. */
  private String packDockerfile(Path dockerfile) throws IOException {
    Path real = root.toRealPath();
    Path file = dockerfile.toAbsolutePath().normalize();
    Path parent = file.getParent();
    Path place = parent == null ? file : parent.toRealPath().resolve(file.getFileName());
    if (place.startsWith(real) && Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
      String path = real.relativize(place).toString();
      if (!rules.excludes(path)) {
        return path;
      }
    }
    packContent(RESERVED_DOCKERFILE, dockerfile, FileFacts.of(dockerfile.toRealPath()));
    return RESERVED_DOCKERFILE;
  }

  private static List<String> sortedNames(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (var children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        String name = child.getFileName().toString();
        names.add(requireUnicode(name, name));
      }
    } catch (NotDirectoryException e) {
      throw new ContextException(
          "%s changed while it was packed".formatted(Text.quote(directory.toString())));
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private static String requireUnicode(String name, String path) throws ContextException {
    if (name.indexOf(REPLACEMENT) >= 0) {
      throw new ContextException(
          "the name %s is not UTF-8; rename the file, or leave it out by .dockerignore"
              .formatted(Text.quote(path)));
    }
    return name;
  }
}
