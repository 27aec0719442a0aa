package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.text.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The flags of one instruction, checked against those that it knows. */
final class Flags {
  /** What a flag takes. */
  enum Kind {
    SWITCH,
    TEXT,
    /** Text, and the flag may be given more than once. */
    TEXTS
  }

  private final Map<String, List<String>> values;

  private Flags(Map<String, List<String>> values) {
    this.values = values;
  }

  /** No flag is known. */
  static void refuseAll(InstructionText text) throws DockerfileException {
    parse(text, Map.of());
  }

  static Flags parse(InstructionText text, Map<String, Kind> known) throws DockerfileException {
    Map<String, List<String>> values = new HashMap<>();
    for (String flag : text.flags()) {
      int equals = flag.indexOf('=');
      String name = flag.substring(2, equals < 0 ? flag.length() : equals);
      Optional<Kind> kind = Optional.ofNullable(known.get(name));
      if (kind.isEmpty()) {
        throw error(
            text, name, "unknown flag: --" + name + Suggestion.forWord(name, known.keySet()));
      }
      if (values.containsKey(name) && kind.get() != Kind.TEXTS) {
        throw error(text, name, "duplicate flag specified: --" + name);
      }
      Optional<String> value =
          equals < 0 ? Optional.empty() : Optional.of(flag.substring(equals + 1));
      values
          .computeIfAbsent(name, _ -> new ArrayList<>())
          .add(
              kind.get() == Kind.SWITCH ? switchValue(text, name, value) : text(text, name, value));
    }
    return new Flags(values);
  }

  private static String text(InstructionText text, String name, Optional<String> value)
      throws DockerfileException {
    return value.orElseThrow(() -> error(text, name, "missing a value on flag: --" + name));
  }

  private static String switchValue(InstructionText text, String name, Optional<String> value)
      throws DockerfileException {
    String word = value.orElse("true").toLowerCase(Locale.ROOT);
    if (word.isEmpty()) {
      throw error(text, name, "missing a value on flag: --" + name);
    }
    if (!word.equals("true") && !word.equals("false")) {
      throw error(
          text,
          name,
          "expecting boolean value for flag --%s, not: %s".formatted(name, value.orElse("")));
    }
    return word;
  }

  private static DockerfileException error(InstructionText text, String name, String message) {
    return text.error(Phase.PARSE, message, "--" + name);
  }

  /** The value; empty if the flag is not given or its value is empty. */
  Optional<String> text(String name) {
    return texts(name).stream().findFirst().filter(value -> !value.isEmpty());
  }

  /** The value of a flag, also an empty one. */
  String text(String name, String otherwise) {
    return texts(name).stream().findFirst().orElse(otherwise);
  }

  List<String> texts(String name) {
    return values.getOrDefault(name, List.of());
  }

  boolean isOn(String name) {
    return setting(name).orElse(false);
  }

  /** Empty if the flag is not given. */
  Optional<Boolean> setting(String name) {
    return texts(name).stream().findFirst().map("true"::equals);
  }
}
