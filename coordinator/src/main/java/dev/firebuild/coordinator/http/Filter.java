package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.Reference;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A parameter of a list that says which items are wanted. Of several values one must fit.
 *
 * @param given what the values of the parameter want; throws a problem if they are none
 * @param otherwise what is wanted without the parameter
 */
record Filter<R>(
    String parameter, Function<List<String>, Predicate<R>> given, Predicate<R> otherwise) {
  private static final String WILDCARD = "*";

  private Filter(String parameter, Function<List<String>, Predicate<R>> given) {
    this(parameter, given, _ -> true);
  }

  /** Words of which there are a few, in any case. */
  static <R> Filter<R> word(String parameter, List<String> words, Function<R, String> of) {
    return new Filter<>(
        parameter,
        values -> {
          List<String> wanted =
              values.stream().map(value -> value.toLowerCase(Locale.ROOT)).toList();
          if (!words.containsAll(wanted)) {
            throw Parameters.notOneOf(parameter, words);
          }
          return item -> wanted.contains(of.apply(item).toLowerCase(Locale.ROOT));
        });
  }

  /** The constants of an enum, in any case. */
  static <R, E extends Enum<E>> Filter<R> word(String parameter, Class<E> type, Function<R, E> of) {
    return word(parameter, Parameters.words(type), item -> of.apply(item).name());
  }

  /** A text as it is, or what it begins with: {@code web*}. */
  static <R> Filter<R> text(String parameter, Function<R, Optional<String>> of) {
    return new Filter<>(
        parameter,
        values -> item -> of.apply(item).filter(text -> fitsAny(values, text)).isPresent());
  }

  private static boolean fitsAny(List<String> values, String text) {
    return values.stream()
        .anyMatch(value ->
            value.endsWith(WILDCARD)
                ? text.startsWith(value.substring(0, value.length() - 1))
                : text.equals(value));
  }

  /** As {@link #text}; a reference without a tag means all tags of that name. */
  static <R> Filter<R> reference(String parameter, Function<R, String> of) {
    return new Filter<>(
        parameter,
        values -> {
          List<String> wanted = values.stream().map(Filter::whole).toList();
          return item -> fitsAny(wanted, of.apply(item));
        });
  }

  /** {@code value} as references are shown: {@code docker.io/library/debian} is {@code debian}. */
  private static String whole(String value) {
    if (value.endsWith(WILDCARD)) {
      return value;
    }
    try {
      Reference reference = Reference.parse(value);
      return value.lastIndexOf(':') > value.lastIndexOf('/')
          ? reference.toString()
          : reference.name() + ":" + WILDCARD;
    } catch (IllegalArgumentException e) {
      // The name of a kernel; what is neither fits nothing.
      return value;
    }
  }

  /** What came to be at a time or after it. */
  static <R> Filter<R> since(Function<R, Instant> of) {
    return new Filter<>(
        "since",
        values -> {
          Instant begin =
              Optional.of(values)
                  .filter(all -> all.size() == 1)
                  .flatMap(all -> Parameters.time(all.getFirst()))
                  .orElseThrow(() ->
                      Problems.malformed(
                          "the parameter since must be one time (2026-01-31T12:00:00Z, or milliseconds since 1970)"));
          return item -> !of.apply(item).isBefore(begin);
        });
  }

  /** The same, where without the parameter only some items are wanted. */
  Filter<R> byDefault(Predicate<R> some) {
    return new Filter<>(parameter, given, some);
  }

  /** The same, where the word {@code all} wants every item. */
  Filter<R> orAll() {
    return new Filter<>(
        parameter,
        values ->
            values.stream().anyMatch("all"::equalsIgnoreCase) ? _ -> true : given.apply(values),
        otherwise);
  }

  /** The items that {@code exchange} wants. */
  Predicate<R> of(Exchange exchange) {
    List<String> values = Parameters.values(exchange, parameter);
    return values.isEmpty() ? otherwise : given.apply(values);
  }
}
