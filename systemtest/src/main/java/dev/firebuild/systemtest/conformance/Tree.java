package dev.firebuild.systemtest.conformance;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of an image by absolute path.
 *
 * @param nodes ordered by path
 */
record Tree(SortedMap<String, Node> nodes) {
  static final Tree EMPTY = new Tree(new TreeMap<>());

  Tree {
    nodes = Collections.unmodifiableSortedMap(nodes);
  }

  /**
   * A file, directory or other thing, as expected.json tells of it.
   *
   * @param mode four octal digits; empty for links
   * @param link where a link leads
   * @param device {@code major:minor} of a device node
   * @param sha256 of a file's content
   * @param capability the extended attribute security.capability, in hexadecimal; the recorded
   *     cases tell of no other one
   * @param sameFileAs the first path of the same file, if this is not it
   */
  record Node(
      String type,
      String mode,
      long uid,
      long gid,
      long size,
      Optional<String> sha256,
      Optional<String> link,
      Optional<String> device,
      Optional<String> capability,
      Optional<String> sameFileAs) {}
}
