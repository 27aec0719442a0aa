package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.HealthCheck;
import dev.firebuild.dockerfile.instruction.Flags.Kind;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.word.Spaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads HEALTHCHECK.
 *
 * @see <a href="https://docs.docker.com/reference/dockerfile/#healthcheck">HEALTHCHECK</a>
 */
final class HealthcheckParser {
  private static final Map<String, Kind> FLAGS =
      Map.of(
          "interval", Kind.TEXT,
          "timeout", Kind.TEXT,
          "start-period", Kind.TEXT,
          "start-interval", Kind.TEXT,
          "retries", Kind.TEXT);
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final InstructionText text;

  private HealthcheckParser(InstructionText text) {
    this.text = text;
  }

  static HealthCheck parse(InstructionText text) throws DockerfileException {
    return new HealthcheckParser(text).parse();
  }

  private HealthCheck parse() throws DockerfileException {
    Arguments.requireAny(text, "HEALTHCHECK");
    String type = firstWord(text.arguments());
    String command = Spaces.trimLeft(text.arguments().substring(type.length()));
    Optional<List<String>> json = Arguments.json(text, command);
    if (type.equalsIgnoreCase("NONE")) {
      if (!command.isEmpty() && !json.equals(Optional.of(List.of()))) {
        throw text.error(Phase.PARSE, "HEALTHCHECK NONE takes no arguments", command);
      }
      return HealthCheck.none();
    }
    Flags flags = Flags.parse(text, FLAGS);
    if (!type.equalsIgnoreCase("CMD")) {
      throw text.error(
          Phase.PARSE,
          "Unknown type \"%s\" in HEALTHCHECK (try CMD)".formatted(type.toUpperCase(Locale.ROOT)),
          type);
    }
    return new HealthCheck(
        test(command, json),
        interval(flags, "interval"),
        interval(flags, "timeout"),
        interval(flags, "start-period"),
        interval(flags, "start-interval"),
        retries(flags));
  }

  private static String firstWord(String arguments) {
    int end = 0;
    while (end < arguments.length() && !Spaces.isSpace(arguments.charAt(end))) {
      end++;
    }
    return arguments.substring(0, end);
  }

  private List<String> test(String command, Optional<List<String>> json)
      throws DockerfileException {
    List<String> arguments = json.orElse(command.isEmpty() ? List.of() : List.of(command));
    if (arguments.isEmpty()) {
      throw text.error(Phase.PARSE, "Missing command after HEALTHCHECK CMD");
    }
    List<String> test = new ArrayList<>();
    test.add(json.isPresent() ? "CMD" : "CMD-SHELL");
    test.addAll(arguments);
    return test;
  }

  private Duration interval(Flags flags, String name) throws DockerfileException {
    Optional<String> value = flags.text(name);
    if (value.isEmpty()) {
      return Duration.ZERO;
    }
    Duration duration =
        GoDuration.parse(value.get())
            .orElseThrow(() -> error(name, "invalid duration \"%s\"".formatted(value.get())));
    if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
      throw error(name, "--%s cannot be less than 1ms (%s)".formatted(name, value.get()));
    }
    return duration;
  }

  private int retries(Flags flags) throws DockerfileException {
    Optional<String> value = flags.text("retries");
    if (value.isEmpty()) {
      return 0;
    }
    try {
      int retries = Integer.parseInt(value.get());
      if (retries < 0) {
        throw error("retries", "--retries cannot be negative (%d)".formatted(retries));
      }
      return retries;
    } catch (NumberFormatException e) {
      throw error("retries", "--retries is no number (%s)".formatted(value.get()));
    }
  }

  private DockerfileException error(String flag, String message) {
    return text.error(Phase.PARSE, message, "--" + flag);
  }
}
