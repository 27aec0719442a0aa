package dev.firebuild.worker.source;

import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.HostFailure;
import dev.firebuild.worker.source.ContextEntry.Kind;
import dev.firebuild.worker.tar.TarEntry;
import dev.firebuild.worker.tar.TarFormatException;
import dev.firebuild.worker.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a context's tar once and remembers where everything lies. Nothing is unpacked; what a
 * hostile archive could want (names that leave the root, endless members, links to nowhere) is
 * refused.
 */
public final class ContextReader {
  private static final String USER_ATTRIBUTE = "user.";
  private static final int ENTRY_LIMIT = 1_000_000;

  /**
   * A worker may share a heap of 1 GiB with a coordinator and reads several contexts at once: names
   * of 128 characters for as many entries as there may be. A character is a byte in memory, or two.
   */
  private static final long TEXT_LIMIT = 128L << 20;

  /** What a map needs for an attribute beside its texts: an entry, two strings, two arrays. */
  private static final int ATTRIBUTE_OVERHEAD = 128;

  private static final int BUFFER = 256 * 1024;

  private final NavigableMap<String, ContextEntry> entries = new TreeMap<>();
  private final long textLimit;
  private long text;

  private ContextReader(long textLimit) {
    this.textLimit = textLimit;
    entries.put("", ContextEntry.impliedDirectory(""));
  }

  /** Indexes the uncompressed tar {@code file}. */
  public static ContextIndex read(Path file) throws SourceException {
    return read(file, TEXT_LIMIT);
  }

  /**
   * Indexes {@code file}.
   *
   * @param textLimit of the characters of names, links and attributes that are kept
   */
  static ContextIndex read(Path file, long textLimit) throws SourceException {
    try (TarReader tar =
        new TarReader(
            new BufferedInputStream(Files.newInputStream(file), BUFFER), StandardCharsets.UTF_8)) {
      return new ContextReader(textLimit).readAll(tar);
    } catch (TarFormatException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new SourceException(
          FailureCode.HOST, "cannot read the context: " + HostFailure.reason(e), e);
    }
  }

  private ContextIndex readAll(TarReader tar) throws IOException, SourceException {
    Optional<TarEntry> next = tar.next();
    while (next.isPresent()) {
      add(next.get(), tar);
      next = tar.next();
    }
    return new ContextIndex(entries);
  }

  private void add(TarEntry member, TarReader tar) throws IOException, SourceException {
    String path = normalize(member.path());
    keep(path.length());
    if (path.isEmpty()) {
      if (member.type() != TarEntry.Type.DIRECTORY) {
        throw refused("its root is not a directory");
      }
      return;
    }
    addParents(path);
    ContextEntry entry = entry(path, member, tar);
    ContextEntry old = entries.put(path, entry);
    if (old != null && old.isDirectory() != entry.isDirectory()) {
      throw refused("%s is a directory and something else".formatted(Text.quote(path)));
    }
  }

  /** Counts the characters of what is about to be kept; refuses what is too much. */
  private void keep(long characters) throws SourceException {
    text += characters;
    if (entries.size() >= ENTRY_LIMIT || text > textLimit) {
      throw refused(
          "it holds more than %d files, or names, links or attributes of more than %d bytes together"
              .formatted(ENTRY_LIMIT, textLimit));
    }
  }

  private ContextEntry entry(String path, TarEntry member, TarReader tar)
      throws IOException, SourceException {
    if (tar.isSparse()) {
      // Builds read a file's bytes where they lie in the archive.
      throw refused(
          "%s is stored sparse; make the archive without --sparse".formatted(Text.quote(path)));
    }
    return switch (member.type()) {
      case FILE ->
          new ContextEntry(
              path,
              Kind.FILE,
              member.mode(),
              member.size(),
              "",
              0,
              0,
              member.mtime(),
              tar.contentOffset(),
              DurableFiles.digest(tar.content()).hex(),
              path,
              userAttributes(member));
      case HARD_LINK -> hardLink(path, member);
      case DIRECTORY -> plain(path, Kind.DIRECTORY, member);
      case SYMLINK -> plain(path, Kind.SYMLINK, member);
      case FIFO -> plain(path, Kind.FIFO, member);
      case CHARACTER -> plain(path, Kind.CHARACTER, member);
      case BLOCK -> plain(path, Kind.BLOCK, member);
    };
  }

  private ContextEntry plain(String path, Kind kind, TarEntry member) throws SourceException {
    keep(member.link().length());
    return new ContextEntry(
        path,
        kind,
        member.mode(),
        0,
        member.link(),
        member.major(),
        member.minor(),
        member.mtime(),
        0,
        "",
        path,
        userAttributes(member));
  }

  private ContextEntry hardLink(String path, TarEntry member) throws SourceException {
    ContextEntry target = entries.get(normalize(member.link()));
    if (target == null || target.isDirectory()) {
      throw refused(
          "%s is a hard link to %s, which does not come before it"
              .formatted(Text.quote(path), Text.quote(member.link())));
    }
    return new ContextEntry(
        path,
        target.kind(),
        target.mode(),
        target.size(),
        target.link(),
        target.major(),
        target.minor(),
        target.mtime(),
        target.offset(),
        target.content(),
        target.identity(),
        target.attributes());
  }

  /** What else a context says would be rights that its sender may not have to give. */
  private SortedMap<String, String> userAttributes(TarEntry member) throws SourceException {
    SortedMap<String, String> kept = new TreeMap<>(member.attributes());
    kept.keySet().removeIf(name -> !name.startsWith(USER_ATTRIBUTE));
    if (kept.isEmpty()) {
      return Collections.emptySortedMap();
    }
    for (Map.Entry<String, String> attribute : kept.entrySet()) {
      keep(attribute.getKey().length() + attribute.getValue().length() + ATTRIBUTE_OVERHEAD);
    }
    return kept;
  }

  private void addParents(String path) throws SourceException {
    int slash = path.lastIndexOf('/');
    while (slash > 0) {
      String parent = path.substring(0, slash);
      ContextEntry known = entries.get(parent);
      if (known != null) {
        if (!known.isDirectory()) {
          throw refused(
              "%s lies below %s, which is no directory"
                  .formatted(Text.quote(path), Text.quote(parent)));
        }
        return;
      }
      keep(parent.length());
      entries.put(parent, ContextEntry.impliedDirectory(parent));
      slash = parent.lastIndexOf('/');
    }
  }

  private static String normalize(String path) throws SourceException {
    if (path.startsWith("/")) {
      throw refused("the name %s begins with a slash".formatted(Text.quote(path)));
    }
    StringBuilder normal = new StringBuilder(path.length());
    for (String component : path.split("/", -1)) {
      if (component.isEmpty() || component.equals(".")) {
        continue;
      }
      if (component.equals("..")) {
        throw refused("the name %s leaves the context".formatted(Text.quote(path)));
      }
      normal.append(normal.isEmpty() ? "" : "/").append(component);
    }
    return normal.toString();
  }

  private static SourceException refused(String why) {
    return new SourceException(
        FailureCode.INVALID_REQUEST, "the context is refused: " + why + " (expected a plain tar)");
  }
}
