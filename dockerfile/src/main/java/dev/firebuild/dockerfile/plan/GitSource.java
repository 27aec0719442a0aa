package dev.firebuild.dockerfile.plan;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells the sources of ADD apart. */
final class GitSource {
  private static final Pattern SCP_STYLE =
      Pattern.compile("[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:.*", Pattern.DOTALL);

  private GitSource() {}

  /**
   * Whether a source is a git repository: {@code git://…}, {@code ssh://…}, {@code user@host:path},
   * or {@code http(s)://…} with a path that ends in {@code .git}.
   */
  static boolean isGit(String source) {
    String lower = source.toLowerCase(Locale.ROOT);
    if (lower.startsWith("git://") || lower.startsWith("ssh://")) {
      return true;
    }
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return path(source).endsWith(".git");
    }
    return !source.startsWith("./")
        && !source.startsWith("../")
        && !source.contains("://")
        && SCP_STYLE.matcher(source).matches();
  }

  /** Whether a source is a file on a web server. */
  static boolean isHttp(String source) {
    return (source.startsWith("http://") || source.startsWith("https://")) && !isGit(source);
  }

  /** The name of a file on a web server. */
  static String fileName(String url) {
    String path = path(url);
    int slash = path.lastIndexOf('/', path.endsWith("/") ? path.length() - 2 : path.length());
    String name = path.substring(slash + 1).replace("/", "");
    return name.isEmpty() || name.equals(".") ? "__unnamed__" : name;
  }

  /** The path of a URL, without query and fragment. */
  private static String path(String url) {
    String rest = url.substring(url.indexOf("://") + 3);
    int end = 0;
    while (end < rest.length() && rest.charAt(end) != '?' && rest.charAt(end) != '#') {
      end++;
    }
    int slash = rest.indexOf('/');
    return slash < 0 || slash > end ? "" : rest.substring(slash, end);
  }
}
