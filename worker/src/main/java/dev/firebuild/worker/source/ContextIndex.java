package dev.firebuild.worker.source;

import dev.firebuild.worker.source.ContextEntry.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a context holds, by path. Links are followed inside the context only: a target that begins
 * with a slash begins at the context's root, and dots stop there.
 */
public final class ContextIndex {
  private static final int LINK_LIMIT = 255;

  private final NavigableMap<String, ContextEntry> entries;
  private final NavigableMap<String, ContextEntry> reserved;

  /** Made by {@link ContextReader}, which sees to it that every entry's parent is a directory. */
  ContextIndex(NavigableMap<String, ContextEntry> entries) {
    NavigableMap<String, ContextEntry> visible = new TreeMap<>(entries);
    this.reserved = new TreeMap<>(visible.subMap(RESERVED + "/", true, RESERVED + "0", false));
    visible.keySet().removeAll(reserved.keySet());
    visible.remove(RESERVED);
    this.entries = Collections.unmodifiableNavigableMap(visible);
  }

  /**
   * What a context holds for the build alone, not to be copied: the Dockerfile that an ignore file
   * leaves out, or that lies outside the context.
   */
  public static final String RESERVED = ".firebuild-build";

  /** A context with nothing in it. */
  public static ContextIndex empty() {
    return new ContextIndex(new TreeMap<>(Map.of("", ContextEntry.impliedDirectory(""))));
  }

  /** The entry at {@code path}, no link followed; {@code path} as in {@link ContextEntry#path}. */
  public Optional<ContextEntry> entry(String path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** The Dockerfile {@code path}, links followed; also one below {@link #RESERVED}. */
  public Optional<ContextEntry> dockerfile(String path) {
    return Optional.ofNullable(reserved.get(path)).or(() -> resolve(path).flatMap(this::entry));
  }

  /**
   * Everything below the directory {@code path}, parents before their children, names in the order
   * of their characters.
   */
  public List<ContextEntry> below(String path) {
    if (path.isEmpty()) {
      return List.copyOf(entries.tailMap("", false).values()).stream()
          .sorted((a, b) -> comparePaths(a.path(), b.path()))
          .toList();
    }
    // '0' follows '/': the range holds exactly the paths that begin with "path/".
    return entries.subMap(path + "/", true, path + "0", false).values().stream()
        .sorted((a, b) -> comparePaths(a.path(), b.path()))
        .toList();
  }

  /**
   * Follows every link on the way to {@code path} and at its end.
   *
   * @return where the way ends, existing or not; empty if the links go round in circles
   */
  public Optional<String> resolve(String path) {
    Deque<String> rest = new ArrayDeque<>(components(path));
    List<String> done = new ArrayList<>();
    int links = 0;
    while (!rest.isEmpty()) {
      String component = rest.pop();
      if (component.equals("..")) {
        if (!done.isEmpty()) {
          done.removeLast();
        }
        continue;
      }
      done.add(component);
      Optional<ContextEntry> link =
          entry(String.join("/", done)).filter(entry -> entry.kind() == Kind.SYMLINK);
      if (link.isEmpty()) {
        continue;
      }
      if (++links > LINK_LIMIT) {
        return Optional.empty();
      }
      done.removeLast();
      if (link.get().link().startsWith("/")) {
        done.clear();
      }
      components(link.get().link()).reversed().forEach(rest::push);
    }
    return Optional.of(String.join("/", done));
  }

  /** How many entries there are, the root included. */
  public int size() {
    return entries.size();
  }

  /** Orders as a walk through the tree does: a directory's content directly follows it. */
  public static int comparePaths(String a, String b) {
    int end = Math.min(a.length(), b.length());
    for (int i = 0; i < end; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        return left == '/' ? -1 : right == '/' ? 1 : Character.compare(left, right);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static List<String> components(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(component -> !component.isEmpty() && !component.equals("."))
        .toList();
  }
}
