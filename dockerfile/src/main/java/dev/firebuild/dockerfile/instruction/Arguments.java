package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.text.JsonStrings;
import dev.firebuild.dockerfile.word.Spaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The shapes that the arguments of instructions have. */
final class Arguments {
  private Arguments() {}

  /** A JSON array of strings; empty if the arguments are none. */
  static Optional<List<String>> json(InstructionText text, String arguments)
      throws DockerfileException {
    if (!Spaces.trimLeft(arguments).startsWith("[")) {
      return Optional.empty();
    }
    Optional<List<Optional<String>>> array = JsonStrings.read(arguments);
    if (array.isEmpty()) {
      return Optional.empty();
    }
    List<String> strings = new ArrayList<>();
    for (Optional<String> element : array.get()) {
      String string =
          element.orElseThrow(() ->
              text.error(
                  Phase.PARSE,
                  "when using JSON array syntax, arrays must be comprised of strings only",
                  "["));
      if (string.indexOf('\0') >= 0) {
        throw text.error(Phase.PARSE, "the array has a NUL character", "\\u0000");
      }
      strings.add(string);
    }
    return Optional.of(strings);
  }

  /** A JSON array, or words divided by white space. */
  static List<String> jsonOrWords(InstructionText text) throws DockerfileException {
    Optional<List<String>> json = json(text, text.arguments());
    return json.isPresent() ? json.get() : words(text);
  }

  /** Words divided by white space. */
  static List<String> words(InstructionText text) {
    return text.arguments().isEmpty() ? List.of() : Spaces.split(text.arguments());
  }

  /** A JSON array as exec form, anything else as shell form. */
  static CommandLine command(InstructionText text) throws DockerfileException {
    Optional<List<String>> json = json(text, text.arguments());
    return json.isPresent()
        ? new CommandLine.Exec(json.get())
        : new CommandLine.Shell(text.arguments(), text.heredocs());
  }

  /** The whole text, which must not be empty. */
  static String single(InstructionText text, String keyword) throws DockerfileException {
    if (text.arguments().isEmpty()) {
      throw text.error(Phase.PARSE, keyword + " requires exactly one argument");
    }
    return text.arguments();
  }

  /** Refuses an instruction without arguments. */
  static void requireAny(InstructionText text, String keyword) throws DockerfileException {
    if (text.arguments().isEmpty()) {
      throw text.error(Phase.PARSE, keyword + " requires at least one argument");
    }
  }
}
