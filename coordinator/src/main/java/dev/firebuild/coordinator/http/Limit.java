package dev.firebuild.coordinator.http;

import dev.firebuild.protocol.resource.Items;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** How many items of a list are asked for. */
record Limit(int count) {
  private static final int MOST = 10_000;
  private static final String DEFAULT = "1000";

  static Limit of(Exchange exchange) {
    String text = exchange.query("limit").orElse(DEFAULT);
    try {
      int count = Integer.parseInt(text);
      if (count >= 1 && count <= MOST) {
        return new Limit(count);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Problems.malformed("the parameter limit must be a number from 1 to " + MOST);
  }

  /**
   * Answers with those of {@code all} that are asked for, by {@code ?phase} and {@code ?limit}.
   *
   * @param phases the phases there are
   */
  static <R, P extends Enum<P>> void list(
      Exchange exchange, List<R> all, Class<P> phases, Function<R, P> phaseOf) {
    Limit limit = of(exchange);
    Optional<P> phase = exchange.query("phase").map(text -> word(phases, "phase", text));
    exchange.json(
        200,
        new Items<>(
            all.stream()
                .filter(one -> phase.isEmpty() || phaseOf.apply(one) == phase.get())
                .limit(limit.count())
                .toList()));
  }

  /** The constant of {@code type} that {@code text} names, in any case. */
  static <E extends Enum<E>> E word(Class<E> type, String parameter, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            Problems.malformed(
                "the parameter %s must be one of %s"
                    .formatted(
                        parameter,
                        String.join(
                            ", ",
                            Arrays.stream(type.getEnumConstants())
                                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                                .toList()))));
  }
}
