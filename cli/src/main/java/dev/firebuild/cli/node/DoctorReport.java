package dev.firebuild.cli.node;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.firebuild.cli.output.Text;
import dev.firebuild.worker.doctor.Group;
import dev.firebuild.worker.doctor.Result;
import dev.firebuild.worker.doctor.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What was found on a host, for people: by groups, what is in order in short, failures last.
 *
 * @param results in the order of the checks
 */
record DoctorReport(List<Result> results) {
  private static final int WIDTH = 100;
  private static final String INDENT = "        ";

  DoctorReport {
    results = List.copyOf(results);
  }

  /** Whether anything fails. */
  boolean fails() {
    return results.stream().anyMatch(result -> result.status() == Status.FAIL);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Group group : Group.values()) {
      List<Result> members = results.stream().filter(r -> r.group() == group).toList();
      if (!members.isEmpty()) {
        lines.addAll(group(group, members));
      }
    }
    if (fails()) {
      lines.add("failures");
      results.stream()
          .filter(result -> result.status() == Status.FAIL)
          .forEach(result -> lines.addAll(detail(result)));
    }
    lines.add("");
    lines.add("%d checks: %s".formatted(results.size(), counts(results)));
    return lines;
  }

  private static List<String> group(Group group, List<Result> members) {
    List<String> lines = new ArrayList<>();
    lines.add("%s: %s".formatted(group.word(), counts(members)));
    lines.addAll(passed(of(members, Status.PASS)));
    lines.addAll(skipped(of(members, Status.SKIP)));
    of(members, Status.WARN).forEach(result -> lines.addAll(detail(result)));
    return lines;
  }

  private static List<Result> of(List<Result> results, Status status) {
    return results.stream().filter(result -> result.status() == status).toList();
  }

  private static String counts(List<Result> results) {
    return Stream.of(Status.PASS, Status.SKIP, Status.WARN, Status.FAIL)
        .filter(status -> !of(results, status).isEmpty())
        .map(status -> "%d %s".formatted(of(results, status).size(), status.word()))
        .collect(joining(", "));
  }

  private static List<String> passed(List<Result> passed) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder("  pass  ");
    for (int i = 0; i < passed.size(); i++) {
      String word = passed.get(i).id() + (i + 1 < passed.size() ? ", " : "");
      if (line.length() + word.length() > WIDTH) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(INDENT);
      }
      line.append(word);
    }
    if (!passed.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  /** Those with one reason are one line. */
  private static List<String> skipped(List<Result> skipped) {
    Map<String, List<String>> ids =
        skipped.stream()
            .collect(groupingBy(Result::found, LinkedHashMap::new, mapping(Result::id, toList())));
    return ids.entrySet().stream()
        .map(reason ->
            "  skip  %s: %s"
                .formatted(String.join(", ", reason.getValue()), Text.clean(reason.getKey())))
        .toList();
  }

  private static List<String> detail(Result result) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "  %s  %s: %s".formatted(result.status().word(), result.id(), Text.clean(result.found())));
    result.remedy().ifPresent(remedy -> lines.add(INDENT + "-> " + Text.clean(remedy)));
    return lines;
  }
}
