package dev.firebuild.worker.source;

import java.util.Collections;
import java.util.SortedMap;

/**
 * A file, directory or other thing in a context.
 *
 * @param path relative to the context's root, without dots; empty for the root itself
 * @param mode permission bits with setuid, setgid and sticky
 * @param size bytes of a file's content
 * @param link target of a symbolic link as written
 * @param major of a device
 * @param minor of a device
 * @param mtime seconds since 1970
 * @param offset where a file's content lies in the archive
 * @param content SHA-256 of a file's content in hexadecimal; else empty
 * @param identity path of the first name of the same file: equal for hard links of one file
 * @param attributes extended attributes of users, as in a {@link dev.firebuild.worker.tar.TarEntry}
 */
public record ContextEntry(
    String path,
    Kind kind,
    int mode,
    long size,
    String link,
    int major,
    int minor,
    long mtime,
    long offset,
    String content,
    String identity,
    SortedMap<String, String> attributes) {

  /** What an entry is. */
  public enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK,
    FIFO,
    CHARACTER,
    BLOCK
  }

  /** Of what the archive does not name: zip, for one, knows no time before 1980. */
  private static final long IMPLIED_MTIME = 315_619_200;

  /** A directory that the archive does not name, but has something in. */
  static ContextEntry impliedDirectory(String path) {
    return new ContextEntry(
        path,
        Kind.DIRECTORY,
        0755,
        0,
        "",
        0,
        0,
        IMPLIED_MTIME,
        0,
        "",
        path,
        Collections.emptySortedMap());
  }

  /** The last component of the path; empty for the root. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether this is a directory. */
  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }
}
