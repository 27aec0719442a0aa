package dev.firebuild.worker.guest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program of the image and how it is started. Values travel NUL separated: every other byte
 * survives.
 *
 * @param argv argument vector; a first element without a slash is looked up in the environment's
 *     {@code PATH}
 * @param env environment, in order; without {@code HOME} it gets the user's, without {@code PATH}
 *     Docker's default
 * @param user {@code user}, {@code uid}, {@code user:group} …; empty: root
 * @param workdir absolute path; made if it is missing
 */
public record Program(List<String> argv, Map<String, String> env, String user, String workdir) {
  /** Throws {@link IllegalArgumentException} naming the field and the rule. */
  public Program {
    argv = List.copyOf(argv);
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("argv: nothing to run");
    }
    if (!workdir.startsWith("/")) {
      throw new IllegalArgumentException("workdir: expected an absolute path, not " + workdir);
    }
  }
}
