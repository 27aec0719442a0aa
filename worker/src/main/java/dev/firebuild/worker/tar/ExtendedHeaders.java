package dev.firebuild.worker.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What extended headers say about the member that follows them: GNU's long names, and the records
 * of pax (see pax(1), "pax Extended Header").
 */
final class ExtendedHeaders {
  /** As star, GNU tar and Docker write them; libarchive writes them beside its own kind. */
  static final String ATTRIBUTE = "SCHILY.xattr.";

  private static final String SPARSE = "GNU.sparse.";

  private final MemberNames names;
  private Optional<String> path = Optional.empty();
  private Optional<String> link = Optional.empty();
  private boolean sparse;
  private Optional<String> sparsePath = Optional.empty();
  private Optional<Long> sparseSize = Optional.empty();
  private Optional<Long> size = Optional.empty();
  private Optional<Long> uid = Optional.empty();
  private Optional<Long> gid = Optional.empty();
  private Optional<Long> mtime = Optional.empty();
  private final SortedMap<String, String> attributes = new TreeMap<>();
  private long paxBytes;

  ExtendedHeaders(MemberNames names) {
    this.names = names;
  }

  Optional<String> path() {
    return sparsePath.or(() -> path);
  }

  Optional<String> link() {
    return link;
  }

  Optional<Long> size() {
    return size;
  }

  /** Of a file that is stored sparse, holes counted; its content begins with a map then. */
  Optional<Long> sparseSize() throws TarFormatException {
    if (sparse && sparseSize.isEmpty()) {
      throw malformed();
    }
    return sparseSize;
  }

  Optional<Long> uid() {
    return uid;
  }

  Optional<Long> gid() {
    return gid;
  }

  Optional<Long> mtime() {
    return mtime;
  }

  /** As {@link TarEntry#attributes}. */
  SortedMap<String, String> attributes() {
    return attributes;
  }

  /** Takes the content of a member of type {@code L}. */
  void takeLongPath(byte[] content) throws TarFormatException {
    path = Optional.of(names.decode(untilNul(content)));
  }

  /** Takes the content of a member of type {@code K}. */
  void takeLongLink(byte[] content) throws TarFormatException {
    link = Optional.of(names.decode(untilNul(content)));
  }

  /**
   * Takes records {@code LENGTH KEY=VALUE\n}, where the length counts the whole record.
   *
   * @throws TarFormatException also if a member's records are too many to keep
   */
  void takePax(byte[] records) throws TarFormatException {
    paxBytes += records.length;
    if (paxBytes > TarReader.EXTENDED_LIMIT) {
      throw new TarFormatException("a member's extended headers are larger than 1 MiB");
    }
    int at = 0;
    while (at < records.length && records[at] != 0) {
      int blank = at;
      int length = 0;
      while (blank < records.length && records[blank] >= '0' && records[blank] <= '9') {
        length = length * 10 + records[blank] - '0';
        blank++;
        if (length > records.length - at) {
          throw malformed();
        }
      }
      int equals = blank;
      while (equals < at + length && records[equals] != '=') {
        equals++;
      }
      if (blank == at || equals >= at + length - 1 || records[blank] != ' ') {
        throw malformed();
      }
      String key = new String(records, blank + 1, equals - blank - 1, StandardCharsets.UTF_8);
      take(key, Arrays.copyOfRange(records, equals + 1, at + length - 1));
      at += length;
    }
  }

  private void take(String key, byte[] value) throws TarFormatException {
    switch (key) {
      case "path" -> path = Optional.of(names.decode(value));
      case "linkpath" -> link = Optional.of(names.decode(value));
      case "size" -> size = Optional.of(number(value));
      case "uid" -> uid = Optional.of(number(value));
      case "gid" -> gid = Optional.of(number(value));
      case "mtime" -> mtime = Optional.of(seconds(value));
      default -> {
        if (key.startsWith(SPARSE)) {
          takeSparse(key.substring(SPARSE.length()), value);
        } else if (key.startsWith(ATTRIBUTE)) {
          attributes.put(
              key.substring(ATTRIBUTE.length()), new String(value, StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  /** The first version only: the two before it lie in the headers, without a bound. */
  private void takeSparse(String key, byte[] value) throws TarFormatException {
    sparse = true;
    boolean known =
        switch (key) {
          case "major" -> number(value) == 1;
          case "minor" -> number(value) == 0;
          case "name" -> {
            sparsePath = Optional.of(names.decode(value));
            yield true;
          }
          case "realsize" -> {
            sparseSize = Optional.of(number(value));
            yield true;
          }
          default -> false;
        };
    if (!known) {
      throw new TarFormatException(
          "a member is stored sparse in a form that is not read; make the archive with --sparse-version=1.0, or without --sparse");
    }
  }

  private static long number(byte[] value) throws TarFormatException {
    try {
      long number = Long.parseLong(new String(value, StandardCharsets.UTF_8));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Reported below, as a negative number is.
    }
    throw malformed();
  }

  /** Times before 1970 become 1970, fractions are cut off. */
  private static long seconds(byte[] value) throws TarFormatException {
    String text = new String(value, StandardCharsets.UTF_8);
    if (text.startsWith("-")) {
      return 0;
    }
    int dot = text.indexOf('.');
    return number((dot < 0 ? text : text.substring(0, dot)).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] untilNul(byte[] bytes) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(bytes.length);
    for (byte b : bytes) {
      if (b == 0) {
        break;
      }
      text.write(b);
    }
    return text.toByteArray();
  }

  private static TarFormatException malformed() {
    return new TarFormatException("an extended header is malformed");
  }
}
