package dev.firebuild.worker.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a check says of a recorded host.
 *
 * @param check its id, or the beginning of several ids and {@code *}
 * @param found must be part of what is found
 * @param host the lines of the host
 */
record RecordedCase(String check, String name, Status status, String found, List<String> host) {
  private static final Pattern HEAD =
      Pattern.compile("case (?<name>[^:]+): (?<status>\\w+) (?<found>.+)");

  /** The cases in {@code lines}, see README. */
  static List<RecordedCase> all(List<String> lines) {
    List<RecordedCase> cases = new ArrayList<>();
    String check = "";
    List<String> host = new ArrayList<>();
    for (String line : lines) {
      Matcher head = HEAD.matcher(line);
      if (line.startsWith("check ")) {
        check = line.substring("check ".length()).strip();
      } else if (head.matches()) {
        host = new ArrayList<>();
        Status status = Status.valueOf(head.group("status").toUpperCase(Locale.ROOT));
        cases.add(new RecordedCase(check, head.group("name"), status, head.group("found"), host));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        host.add(line);
      }
    }
    return cases;
  }

  boolean isOfSeveral() {
    return check.endsWith("*");
  }

  /** This case for the check {@code id}; none where it is of another one. */
  Stream<RecordedCase> of(String id) {
    if (!isOfSeveral()) {
      return check.equals(id) ? Stream.of(this) : Stream.empty();
    }
    String prefix = check.substring(0, check.length() - 1);
    if (!id.startsWith(prefix)) {
      return Stream.empty();
    }
    String rest = id.substring(prefix.length());
    return Stream.of(
        new RecordedCase(
            id,
            name,
            status,
            found.replace("$NAME", rest),
            host.stream()
                .map(line -> line.replace("$FILE", rest.replace('-', '_')).replace("$NAME", rest))
                .toList()));
  }
}
