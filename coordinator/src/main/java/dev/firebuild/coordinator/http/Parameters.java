package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.resource.ProblemException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Values of query parameters; what is wrong with one is a problem that names it. */
final class Parameters {
  private Parameters() {}

  /** The constant of {@code type} that {@code text} names, in any case. */
  static <E extends Enum<E>> E word(Class<E> type, String parameter, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() -> notOneOf(parameter, words(type)));
  }

  /** The constants of {@code type} as they are written. */
  static List<String> words(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  static ProblemException notOneOf(String parameter, List<String> words) {
    return Problems.malformed(
        "the parameter %s must be one of %s".formatted(parameter, String.join(", ", words)));
  }

  /** A time in ISO 8601, or in milliseconds since 1970; empty: it is none. */
  static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          text.matches("\\d{1,15}")
              ? Instant.ofEpochMilli(Long.parseLong(text))
              : Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /**
   * The values of {@code parameter}: several are joined by commas, or the parameter comes again.
   */
  static List<String> values(Exchange exchange, String parameter) {
    List<String> values =
        exchange.queries(parameter).stream()
            .flatMap(text -> Arrays.stream(text.split(",", -1)))
            .toList();
    if (values.contains("")) {
      throw Problems.malformed("the parameter %s has an empty value".formatted(parameter));
    }
    return values;
  }

  /** The only one of {@code values}, if there is one. */
  static Optional<String> value(String parameter, List<String> values) {
    if (values.size() > 1) {
      throw Problems.malformed("the parameter %s comes more than once".formatted(parameter));
    }
    return values.stream().findFirst();
  }

  /**
   * What is wrong with a query that has parameters of these {@code names}: a misspelt filter would
   * show everything, a misspelt {@code force} would not be heard.
   */
  static Optional<ProblemException> unknown(Set<String> names, List<String> known) {
    return names.stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .map(name ->
            Problems.malformed(
                "there is no parameter %s here; %s"
                    .formatted(
                        Text.quote(name),
                        known.isEmpty()
                            ? "there are none"
                            : "there are " + String.join(", ", known))));
  }
}
