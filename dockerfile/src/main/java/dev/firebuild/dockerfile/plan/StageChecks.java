package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.check.CheckReport;
import dev.firebuild.dockerfile.check.CheckRule;
import dev.firebuild.dockerfile.instruction.Argument;
import dev.firebuild.dockerfile.instruction.CommandLine;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.NameValue;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The build checks of one stage, made while it is planned, for stages that the target needs. */
final class StageChecks {
  private static final Pattern SECRET =
      Pattern.compile(
          "(?:.*_)?(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_.*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NO_SECRET =
      Pattern.compile("(?:.*_)?(?:public|file|version)(?:_.*)?", Pattern.CASE_INSENSITIVE);

  private final CheckReport report;
  private Optional<InstructionText> cmd = Optional.empty();
  private Optional<InstructionText> entrypoint = Optional.empty();
  private Optional<InstructionText> healthcheck = Optional.empty();

  StageChecks(CheckReport report) {
    this.report = report;
  }

  /** Looks at an instruction before it takes effect. */
  void before(ParsedInstruction parsed, StageState state) {
    InstructionText text = parsed.text();
    switch (parsed.instruction()) {
      case Instruction.Cmd(CommandLine command) -> {
        cmd = Optional.of(usedOnce(cmd, text));
        shellForm(command, text, state);
      }
      case Instruction.Entrypoint(CommandLine command) -> {
        entrypoint = Optional.of(usedOnce(entrypoint, text));
        shellForm(command, text, state);
      }
      case Instruction.Healthcheck _ -> healthcheck = Optional.of(usedOnce(healthcheck, text));
      case Instruction.Env(List<NameValue> pairs) -> {
        oldForm(pairs, text);
        pairs.forEach(pair -> noSecret(pair.name(), text));
      }
      case Instruction.Label(List<NameValue> pairs) -> oldForm(pairs, text);
      case Instruction.Arg(List<Argument> arguments) ->
          arguments.forEach(argument -> noSecret(argument.name(), text));
      default -> {}
    }
  }

  /**
   * Looks at variables that an instruction asked for and nobody set.
   *
   * @param names without those that an ARG declares
   */
  void undefined(Set<String> names, InstructionText text) {
    for (String name : names) {
      report.add(
          CheckRule.UNDEFINED_VAR, text, "Usage of undefined variable '$%s'".formatted(name));
    }
  }

  /** Looks at a word of EXPOSE, variables expanded. */
  void port(String port, InstructionText text) {
    String container = port.substring(port.lastIndexOf(':') + 1);
    if (port.contains(":")) {
      report.add(
          CheckRule.EXPOSE_INVALID_FORMAT,
          text,
          "EXPOSE instruction should not define an IP address or host-port mapping, found '%s'"
              .formatted(port));
    }
    if (container.chars().anyMatch(Character::isUpperCase)) {
      report.add(
          CheckRule.EXPOSE_PROTO_CASING,
          text,
          "Defined protocol '%s' in EXPOSE instruction should be lowercase".formatted(port));
    }
  }

  /** Looks at the first WORKDIR of a stage, variables expanded. */
  void firstDirectory(String path, InstructionText text) {
    if (!path.startsWith("/")) {
      report.add(
          CheckRule.WORKDIR_RELATIVE_PATH,
          text,
          "Relative workdir \"%s\" can have unexpected results if the base image changes"
              .formatted(path));
    }
  }

  private InstructionText usedOnce(Optional<InstructionText> earlier, InstructionText text) {
    earlier.ifPresent(ignored ->
        report.add(
            CheckRule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
            ignored,
            ("Multiple %s instructions should not be used in the same stage because only the last"
                    + " one will be used")
                .formatted(text.keyword())));
    return text;
  }

  private void shellForm(CommandLine command, InstructionText text, StageState state) {
    if (command instanceof CommandLine.Shell && state.config().shell.isEmpty()) {
      report.add(
          CheckRule.JSON_ARGS_RECOMMENDED,
          text,
          "JSON arguments recommended for %s to prevent unintended behavior related to OS signals"
              .formatted(text.keyword()));
    }
  }

  private void oldForm(List<NameValue> pairs, InstructionText text) {
    if (pairs.stream().anyMatch(NameValue::oldForm)) {
      report.add(
          CheckRule.LEGACY_KEY_VALUE_FORMAT,
          text,
          "\"%1$s key=value\" should be used instead of legacy \"%1$s key value\" format"
              .formatted(text.keyword()));
    }
  }

  private void noSecret(String name, InstructionText text) {
    if (SECRET.matcher(name).matches() && !NO_SECRET.matcher(name).matches()) {
      report.add(
          CheckRule.SECRETS_USED_IN_ARG_OR_ENV,
          text,
          "Do not use ARG or ENV instructions for sensitive data (%s \"%s\")"
              .formatted(text.keyword(), name));
    }
  }
}
