package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header {@code Prefer: wait=SECONDS} (RFC 7240): the client would rather wait for the result
 * than ask again.
 *
 * @param patience how long, at most {@link #MOST}
 */
record Preference(Optional<Duration> patience) {
  /** Others between client and server give up soon after. */
  static final Duration MOST = Duration.ofSeconds(60);

  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?:$|[,;])", Pattern.CASE_INSENSITIVE);

  /** What the header's value says; anything else that is preferred is not done here. */
  static Preference parse(Optional<String> header) {
    return new Preference(
        header
            .map(WAIT::matcher)
            .filter(Matcher::find)
            .map(found -> Duration.ofSeconds(Long.parseLong(found.group(1))))
            .map(wished -> wished.compareTo(MOST) < 0 ? wished : MOST));
  }

  static Preference of(Exchange exchange) {
    return parse(exchange.header("Prefer"));
  }

  /**
   * What {@code result} finds in time, if the client prefers to wait, and says in the answer that
   * it was waited for. No result and nobody is waited for when the client goes away.
   */
  <T> Optional<T> await(Exchange exchange, Views views, Supplier<Optional<T>> result)
      throws InterruptedException {
    if (patience.isEmpty()) {
      return Optional.empty();
    }
    var _ = exchange.with("Preference-Applied", "wait=" + patience.get().toSeconds());
    exchange.forgetBody();
    exchange.whenClosed(views::signal);
    var _ =
        views.await(
            () -> exchange.isClosed() ? Optional.of(true) : result.get().map(_ -> true),
            patience.get());
    return result.get();
  }
}
