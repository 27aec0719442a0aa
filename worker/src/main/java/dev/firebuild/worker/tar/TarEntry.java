package dev.firebuild.worker.tar;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The header of one member of a tar archive.
 *
 * @param path as the archive has it, without the slashes at the end of a directory's name
 * @param mode the permission bits with setuid, setgid and sticky: 0 to 07777
 * @param size bytes of content; 0 unless this is a file
 * @param link target of a symbolic link, or path of the member that a hard link names; else empty
 * @param major of a device, else 0
 * @param minor of a device, else 0
 * @param mtime seconds since 1970
 * @param attributes extended attributes (xattr(7)) by name; a value's bytes as the characters of
 *     ISO 8859-1
 */
public record TarEntry(
    String path,
    Type type,
    int mode,
    long uid,
    long gid,
    long size,
    String link,
    int major,
    int minor,
    long mtime,
    SortedMap<String, String> attributes) {

  public TarEntry {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /** A member without extended attributes. */
  public TarEntry(
      String path,
      Type type,
      int mode,
      long uid,
      long gid,
      long size,
      String link,
      int major,
      int minor,
      long mtime) {
    this(path, type, mode, uid, gid, size, link, major, minor, mtime, Collections.emptySortedMap());
  }

  /** What a member is, with its type flag in the header. */
  public enum Type {
    FILE('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER('3'),
    BLOCK('4'),
    DIRECTORY('5'),
    FIFO('6');

    private final char flag;

    Type(char flag) {
      this.flag = flag;
    }

    char flag() {
      return flag;
    }
  }

  /** A file of root. */
  public static TarEntry file(String path, int mode, long size, long mtime) {
    return new TarEntry(path, Type.FILE, mode, 0, 0, size, "", 0, 0, mtime);
  }

  /** A directory of root. */
  public static TarEntry directory(String path, int mode, long mtime) {
    return new TarEntry(path, Type.DIRECTORY, mode, 0, 0, 0, "", 0, 0, mtime);
  }

  /** A symbolic link of root. */
  public static TarEntry symlink(String path, String target, long mtime) {
    return new TarEntry(path, Type.SYMLINK, 0777, 0, 0, 0, target, 0, 0, mtime);
  }

  /** Another name of the member {@code target}. */
  public static TarEntry hardLink(String path, String target, int mode, long mtime) {
    return new TarEntry(path, Type.HARD_LINK, mode, 0, 0, 0, target, 0, 0, mtime);
  }

  /** The same member under another name. */
  public TarEntry withPath(String path) {
    return new TarEntry(path, type, mode, uid, gid, size, link, major, minor, mtime, attributes);
  }

  /** The same member with another link. */
  public TarEntry withLink(String link) {
    return new TarEntry(path, type, mode, uid, gid, size, link, major, minor, mtime, attributes);
  }

  /** The same member with other extended attributes. */
  public TarEntry withAttributes(SortedMap<String, String> attributes) {
    return new TarEntry(path, type, mode, uid, gid, size, link, major, minor, mtime, attributes);
  }
}
