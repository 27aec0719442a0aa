package dev.firebuild.dockerfile.pattern;

import java.util.ArrayDeque;
import java.util.Deque;

/** Slash-divided paths as text: nothing is looked up. */
public final class Paths {
  private Paths() {}

  /**
   * The shortest path that means the same: {@code a//b/./c/../d/} is {@code a/b/d}, an empty path
   * is {@code .}, and nothing lies above the root.
   *
   * @see <a href="https://pkg.go.dev/path#Clean">Go's path.Clean, whose rules these are</a>
   */
  public static String clean(String path) {
    boolean absolute = path.startsWith("/");
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/", -1)) {
      if (name.equals("..")) {
        if (!names.isEmpty() && !names.getLast().equals("..")) {
          names.removeLast();
        } else if (!absolute) {
          names.addLast(name);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    String joined = String.join("/", names);
    if (absolute) {
      return "/" + joined;
    }
    return joined.isEmpty() ? "." : joined;
  }

  /** {@code path} if it is absolute, else below {@code directory}; cleaned. */
  public static String resolve(String directory, String path) {
    return clean(path.startsWith("/") ? path : "/" + directory + "/" + path);
  }
}
