package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Listed;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A list of the API: it is given in pages, and all filters together say what is in it.
 *
 * @param path of the list
 */
record Listing<R>(String path, List<Filter<R>> filters) {
  static final int MOST = 10_000;
  static final int DEFAULT = 1000;
  private static final String LIMIT = "limit";
  private static final String AFTER = "after";

  /** All that may be asked. */
  List<String> parameters() {
    return Stream.concat(Stream.of(LIMIT, AFTER), filters.stream().map(Filter::parameter)).toList();
  }

  /**
   * Answers with the page that is asked for.
   *
   * @param list the items after a place, or all; throws {@link IllegalArgumentException} if there
   *     is no such place
   */
  void answer(Exchange exchange, Function<Optional<String>, Stream<Listed<R>>> list) {
    int limit = exchange.query(LIMIT).map(Listing::limit).orElse(DEFAULT);
    Predicate<R> wanted =
        filters.stream()
            .map(filter -> filter.of(exchange))
            .reduce(Predicate::and)
            .orElse(_ -> true);
    Page page =
        Page.of(after(exchange, list).filter(one -> wanted.test(one.item())).iterator(), limit);
    page.next()
        .ifPresent(
            next -> exchange.with("Link", "<%s>; rel=\"next\"".formatted(url(exchange, next))));
    page.send(exchange);
  }

  private static int limit(String text) {
    if (text.matches("\\d{1,9}")) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    }
    throw Problems.malformed("the parameter limit must be a number from 1 to " + MOST);
  }

  private static <R> Stream<Listed<R>> after(
      Exchange exchange, Function<Optional<String>, Stream<Listed<R>>> list) {
    Optional<String> place = exchange.query(AFTER);
    try {
      return list.apply(place);
    } catch (IllegalArgumentException e) {
      throw Problems.malformed(
          "the parameter after must be what the page before calls next: " + e.getMessage());
    }
  }

  /** The same question, after {@code place}. */
  private String url(Exchange exchange, String place) {
    return Stream.concat(
            parameters().stream()
                .filter(name -> !name.equals(AFTER))
                .flatMap(
                    name -> exchange.queries(name).stream().map(value -> Map.entry(name, value))),
            Stream.of(Map.entry(AFTER, place)))
        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&", path + "?", ""));
  }
}
