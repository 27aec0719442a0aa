package dev.firebuild.worker.guest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The files by which the guest's scripts learn of a program. */
final class ProgramFile {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ProgramFile() {}

  /** What {@code step-world} reads: the program, and the function that writes the documents. */
  static String of(Step step) {
    StringBuilder file = new StringBuilder(of(step.program()));
    file.append("has_documents=%s\n".formatted(step.documents().isEmpty() ? "''" : "yes"));
    file.append("write_documents() {\n  :\n");
    for (Step.Document document : step.documents()) {
      file.append(
          "  write_document %s %o %s\n"
              .formatted(
                  ShellWords.quote(document.name()),
                  document.mode(),
                  ShellWords.quote(document.content())));
    }
    return file.append("}\n").toString();
  }

  /** What {@code program.sh} reads. */
  static String of(Program program) {
    Map<String, String> env = withPath(program.env());
    List<String> assignments = new ArrayList<>();
    env.forEach((name, value) -> assignments.add(name + "=" + value));
    return """
    user=%s
    workdir=%s
    search_path=%s
    has_home=%s
    with_arguments() {
      "$@" %s
    }
    with_environment() {
      run_with %s "$@"
    }
    """
        .formatted(
            ShellWords.quote(program.user()),
            ShellWords.quote(program.workdir()),
            ShellWords.quote(env.getOrDefault("PATH", DEFAULT_PATH)),
            env.containsKey("HOME") ? "yes" : "''",
            ShellWords.join(program.argv()),
            ShellWords.join(assignments));
  }

  /**
   * What a login shell reads: the environment, but for names that no shell can have.
   *
   * @param env of the program
   */
  static String profile(Map<String, String> env) {
    StringBuilder profile = new StringBuilder();
    withPath(env)
        .forEach((name, value) -> {
          if (SHELL_NAME.matcher(name).matches()) {
            profile.append("export %s=%s\n".formatted(name, ShellWords.quote(value)));
          }
        });
    return profile.toString();
  }

  private static Map<String, String> withPath(Map<String, String> env) {
    Map<String, String> all = new LinkedHashMap<>();
    if (!env.containsKey("PATH")) {
      all.put("PATH", DEFAULT_PATH);
    }
    all.putAll(env);
    return all;
  }
}
