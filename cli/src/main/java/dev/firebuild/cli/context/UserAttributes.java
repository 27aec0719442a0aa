package dev.firebuild.cli.context;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Extended attributes in the name space of users, see xattr(7): files and directories have them.
 */
final class UserAttributes {
  private static final String NAMESPACE = "user.";

  private UserAttributes() {}

  /**
   * Those of {@code file}, named and written as in a tar's entry; none where the file system has no
   * such thing or they cannot be read.
   */
  static SortedMap<String, String> of(Path file) {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return Collections.emptySortedMap();
    }
    try {
      SortedMap<String, String> attributes = new TreeMap<>();
      for (String name : view.list()) {
        ByteBuffer value = ByteBuffer.allocate(view.size(name));
        view.read(name, value);
        attributes.put(
            NAMESPACE + name,
            new String(value.array(), 0, value.position(), StandardCharsets.ISO_8859_1));
      }
      return attributes;
    } catch (IOException _) {
      return Collections.emptySortedMap();
    }
  }
}
