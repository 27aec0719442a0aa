package dev.firebuild.dockerfile.check;

import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.dockerfile.stage.Stage;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The checks that need nothing but the file, and look at all of it. */
public final class FileChecks {
  private static final Set<String> RESERVED = Set.of("context", "scratch");

  private final CheckReport report;
  private final Set<String> names = new HashSet<>();

  private FileChecks(CheckReport report) {
    this.report = report;
  }

  /** Adds what is to be said about a file. */
  public static void run(Dockerfile dockerfile, CheckReport report) {
    FileChecks checks = new FileChecks(report);
    List<ParsedInstruction> all = new ArrayList<>(dockerfile.globalArguments());
    for (Stage stage : dockerfile.stages()) {
      checks.checkFrom(stage);
      all.add(stage.head());
      all.addAll(stage.instructions());
    }
    all.forEach(checks::checkInstruction);
    checks.checkCasing(all.subList(dockerfile.globalArguments().size(), all.size()));
  }

  private void checkFrom(Stage stage) {
    InstructionText text = stage.head().text();
    stage
        .from()
        .name()
        .ifPresent(name -> {
          if (RESERVED.contains(name)) {
            report.add(
                CheckRule.RESERVED_STAGE_NAME,
                text,
                "Stage name should not use the same name as reserved stage \"%s\"".formatted(name));
          }
          if (!names.add(name)) {
            report.add(
                CheckRule.DUPLICATE_STAGE_NAME,
                text,
                "Duplicate stage name \"%s\", stage names should be unique".formatted(name));
          }
          checkNameCasing(text);
        });
    String platform = stage.from().platform().orElse("$");
    if (!platform.contains("$")
        && !platform.isEmpty()
        && List.of(platform.split("/")).stream()
            .noneMatch(part -> stage.from().name().orElse("").contains(part))) {
      report.add(
          CheckRule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
          text,
          "FROM --platform flag should not use constant value \"%s\"".formatted(platform));
    }
  }

  private void checkNameCasing(InstructionText text) {
    String[] words = text.arguments().split("[\\t\\v\\f\\r ]+", -1);
    if (!isLower(words[2])) {
      report.add(
          CheckRule.STAGE_NAME_CASING,
          text,
          "Stage name '%s' should be lowercase".formatted(words[2]));
    }
    boolean mismatch =
        isLower(text.keyword())
            ? !isLower(words[1])
            : isUpper(text.keyword()) && !isUpper(words[1]);
    if (mismatch) {
      report.add(
          CheckRule.FROM_AS_CASING,
          text,
          "'%s' and '%s' keywords' casing do not match".formatted(words[1], text.keyword()));
    }
  }

  private void checkInstruction(ParsedInstruction parsed) {
    if (parsed.text().emptyContinuation()) {
      report.add(CheckRule.NO_EMPTY_CONTINUATION, parsed.text(), "Empty continuation line");
    }
    if (parsed.instruction() instanceof Instruction.Maintainer) {
      report.add(
          CheckRule.MAINTAINER_DEPRECATED,
          parsed.text(),
          "Maintainer instruction is deprecated in favor of using label");
    }
  }

  /** Keywords should all be written like most of them are. */
  private void checkCasing(List<ParsedInstruction> instructions) {
    long lower = instructions.stream().filter(i -> isLower(i.text().keyword())).count();
    long upper = instructions.stream().filter(i -> isUpper(i.text().keyword())).count();
    for (ParsedInstruction parsed : instructions) {
      String keyword = parsed.text().keyword();
      if (lower > upper ? !isLower(keyword) : !isUpper(keyword)) {
        report.add(
            CheckRule.CONSISTENT_INSTRUCTION_CASING,
            parsed.text(),
            "Command '%s' should match the case of the command majority (%s)"
                .formatted(keyword, lower > upper ? "lowercase" : "uppercase"));
      }
    }
  }

  private static boolean isLower(String word) {
    return word.equals(word.toLowerCase(Locale.ROOT));
  }

  private static boolean isUpper(String word) {
    return word.equals(word.toUpperCase(Locale.ROOT));
  }
}
