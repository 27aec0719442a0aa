package dev.firebuild.systemtest.conformance;

import dev.firebuild.systemtest.conformance.Tree.Node;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an image has made of its base: by path, the new node, or nothing where it is gone. */
final class TreeDifference {
  private TreeDifference() {}

  /** A directory that is gone stands for all that was below it. */
  static SortedMap<String, Optional<Node>> between(Tree base, Tree image) {
    SortedMap<String, Optional<Node>> difference = new TreeMap<>();
    TreeSet<String> paths = new TreeSet<>(base.nodes().keySet());
    paths.addAll(image.nodes().keySet());
    for (String path : paths) {
      Optional<Node> before = Optional.ofNullable(base.nodes().get(path));
      Optional<Node> after = Optional.ofNullable(image.nodes().get(path));
      boolean listed = after.isPresent() ? !after.equals(before) : hasDirectory(image, path);
      if (listed) {
        difference.put(path, after);
      }
    }
    return difference;
  }

  private static boolean hasDirectory(Tree image, String path) {
    String parent = path.substring(0, path.lastIndexOf('/'));
    return parent.isEmpty()
        || Optional.ofNullable(image.nodes().get(parent))
            .map(node -> node.type().equals("dir"))
            .orElse(false);
  }
}
