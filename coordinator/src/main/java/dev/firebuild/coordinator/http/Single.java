package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.resource.Accepted;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** One request in a body of its own; {@link Bulk} takes many. */
record Single<R>(Intake<R> intake, Views views, Exchange exchange) {
  /**
   * Answers 202, or with what {@code result} finds in time if the client prefers to wait for it.
   *
   * @param path of the resource, without its id
   * @param result by id
   */
  void handle(String path, Function<String, ? extends Optional<?>> result)
      throws IOException, InterruptedException {
    Intake.Taken taken = intake.takeOne(exchange, new Waits(views));
    Accepted accepted = new Accepted(taken.id(), path + taken.id());
    Preference preference = Preference.of(exchange);
    if (preference.patience().isEmpty()) {
      exchange.accept(accepted, taken.durable());
      return;
    }
    var _ = RecordLog.await(taken.durable());
    Optional<?> found =
        preference.await(exchange, views, () -> result.apply(taken.id()).map(Object.class::cast));
    if (found.isPresent()) {
      exchange.with("Location", accepted.url()).json(200, found.get());
    } else {
      exchange.accept(accepted, taken.durable());
    }
  }
}
