package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.conformance.Tree.Node;
import java.util.Optional;

/** What stat(1) says about a path. */
record PathFacts(
    int mode, long uid, long gid, int links, String identity, long size, String device) {
  private static final int TYPE_MASK = 0170000;
  private static final int PERMISSIONS = 07777;

  static PathFacts parse(String line) {
    String[] fields = line.split(" ", -1);
    return new PathFacts(
        Integer.parseInt(fields[0], 16),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Integer.parseInt(fields[3]),
        fields[4],
        Long.parseLong(fields[5]),
        fields[6]);
  }

  String type() {
    return switch (mode & TYPE_MASK) {
      case 0100000 -> "file";
      case 0040000 -> "dir";
      case 0120000 -> "symlink";
      case 0010000 -> "fifo";
      case 0020000 -> "char";
      case 0060000 -> "block";
      default -> "socket";
    };
  }

  Node node(
      Optional<String> sha256,
      Optional<String> link,
      Optional<String> capability,
      Optional<String> same) {
    boolean node = type().equals("char") || type().equals("block");
    return new Node(
        type(),
        type().equals("symlink") ? "" : "%04o".formatted(mode & PERMISSIONS),
        uid,
        gid,
        type().equals("file") ? size : 0,
        sha256,
        link,
        node ? Optional.of(deviceNumbers()) : Optional.empty(),
        capability,
        same);
  }

  private String deviceNumbers() {
    String[] parts = device.split(":", -1);
    return Integer.parseInt(parts[0], 16) + ":" + Integer.parseInt(parts[1], 16);
  }
}
