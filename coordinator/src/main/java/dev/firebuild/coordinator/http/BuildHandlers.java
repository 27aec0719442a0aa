package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.BuildResource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** {@code /v1/builds}. */
final class BuildHandlers {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final String PATH = "/v1/builds/";

  private final Views views;
  private final Submissions submissions;
  private final BuildCheck check;

  /** The body of a cancel. */
  record CancelBody(Optional<String> reason) {
    private static final CancelBody NONE = new CancelBody(Optional.empty());
  }

  BuildHandlers(Views views, Submissions submissions, BuildCheck check) {
    this.views = views;
    this.submissions = submissions;
    this.check = check;
  }

  void submit(Exchange exchange) throws IOException, InterruptedException {
    BuildRequest body = exchange.json(BuildRequest.class, Optional.empty());
    check.check(body);
    Optional<String> key = exchange.header("Idempotency-Key");
    String id = submissions.idFor("build", body.id(), key);
    BuildRequest request = body.withId(id);
    Optional<BuildResource> known = views.build(id);
    if (known.isPresent() && !known.get().request().equals(request)) {
      throw Problems.conflict(
          "id-in-use", "the build %s exists with another request".formatted(id));
    }
    if (known.isEmpty()) {
      submissions.submit(id, request);
    }
    exchange.with("Location", PATH + id).json(202, new Accepted(id, PATH + id));
  }

  void list(Exchange exchange) {
    Limit.list(exchange, views.builds(), BuildDocument.Phase.class, BuildResource::phase);
  }

  void get(Exchange exchange) throws InterruptedException {
    exchange.json(200, find(exchange.path("id")));
  }

  void cancel(Exchange exchange) throws IOException, InterruptedException {
    BuildResource build = find(exchange.path("id"));
    CancelBody body = exchange.json(CancelBody.class, Optional.of(CancelBody.NONE));
    if (build.phase().isSettled()) {
      throw Problems.alreadyEnded("build", build.id(), build.phase());
    }
    submissions.command(build.id(), new Command.Cancel(body.reason()));
    exchange.json(202, new Accepted(build.id(), PATH + build.id()));
  }

  /** The build {@code id}; waits a moment for one that another coordinator has just accepted. */
  BuildResource find(String id) throws InterruptedException {
    return views
        .await(() -> views.build(id), PATIENCE)
        .orElseThrow(() -> Problems.notFound("build", id));
  }
}
