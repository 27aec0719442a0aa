package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.BuildResource;
import java.io.IOException;
import java.util.Optional;

/** {@code /v1/builds}. */
final class BuildHandlers {
  private static final String PATH = "/v1/builds/";

  private final Views views;
  private final Settled settled;
  private final Intake<BuildRequest> intake;
  private final Commands commands;

  /** The body of a cancel. */
  record CancelBody(Optional<String> reason) {
    private static final CancelBody NONE = new CancelBody(Optional.empty());
  }

  BuildHandlers(Views views, Settled settled, Intake<BuildRequest> intake, Commands commands) {
    this.views = views;
    this.settled = settled;
    this.intake = intake;
    this.commands = commands;
  }

  void submit(Exchange exchange) throws IOException, InterruptedException {
    new Single<>(intake, views, exchange).handle(PATH, this::ended);
  }

  private Optional<BuildResource> ended(String id) {
    return views.build(id).filter(settled::hasEnded);
  }

  void submitLines(Exchange exchange) throws InterruptedException {
    new Bulk<>(intake, views, exchange).handle();
  }

  void list(Exchange exchange) {
    Listings.BUILDS.answer(exchange, views::buildsAfter);
  }

  void get(Exchange exchange) throws InterruptedException {
    BuildResource build = find(exchange.path("id"));
    exchange.json(
        200,
        Preference.of(exchange)
            .await(exchange, views, () -> ended(build.id()))
            .or(() -> views.build(build.id()))
            .orElse(build));
  }

  void cancel(Exchange exchange) throws IOException, InterruptedException {
    BuildResource build = find(exchange.path("id"));
    CancelBody body = exchange.json(CancelBody.class, Optional.of(CancelBody.NONE));
    if (build.phase().isSettled()) {
      throw Problems.alreadyEnded("build", build.id(), build.phase());
    }
    commands.append(build.id(), new Command.Cancel(body.reason()));
    exchange.json(202, new Accepted(build.id(), PATH + build.id()));
  }

  /** The build {@code id}; waits a moment for one that another coordinator has just accepted. */
  BuildResource find(String id) throws InterruptedException {
    return views
        .await(() -> views.build(id), Waits.ONE)
        .orElseThrow(() -> Problems.notFound("build", id));
  }
}
