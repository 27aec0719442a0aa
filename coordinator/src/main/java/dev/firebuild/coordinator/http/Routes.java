package dev.firebuild.coordinator.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import dev.firebuild.coordinator.http.Route.Body;
import dev.firebuild.coordinator.http.Route.Needs;
import java.util.List;

/** All routes; the first that matches answers. */
record Routes(List<Route> all) {
  private static final String TEXT = "text/plain";
  private static final String LINES = Route.LINES;
  private static final String BINARY = "application/octet-stream";
  private static final String[] EVENTS = {EventFormat.NDJSON.type(), EventFormat.SSE.type()};

  static Routes of(
      BuildHandlers builds,
      VmHandlers vms,
      ImageHandlers images,
      BlobHandlers blobs,
      EventHandlers events,
      LogHandlers logs,
      DeadLetterHandlers letters,
      SystemHandlers system) {
    return new Routes(
        List.of(
            Route.of(POST, "/v1/builds", builds::submitLines).taking(Body.LINES).giving(LINES),
            Route.of(POST, "/v1/builds", builds::submit).taking(Body.JSON),
            Route.of(GET, "/v1/builds", builds::list).asking(Listings.BUILDS.parameters()),
            Route.of(GET, "/v1/builds/{id}", builds::get),
            Route.of(POST, "/v1/builds/{id}/cancel", builds::cancel).taking(Body.JSON),
            Route.of(GET, "/v1/builds/{id}/log", logs::ofBuild).giving(TEXT).asking("follow"),
            Route.of(GET, "/v1/builds/{id}/events", events::ofBuild)
                .giving(EVENTS)
                .asking("follow", "format"),
            Route.of(POST, "/v1/vms", vms::submitLines).taking(Body.LINES).giving(LINES),
            Route.of(POST, "/v1/vms", vms::submit).taking(Body.JSON),
            Route.of(GET, "/v1/vms", vms::list).asking(Listings.VMS.parameters()),
            Route.of(GET, "/v1/vms/{id}", vms::get),
            Route.of(DELETE, "/v1/vms/{id}", vms::remove).asking("force"),
            Route.of(POST, "/v1/vms/{id}/stop", vms::stop).taking(Body.JSON),
            Route.of(POST, "/v1/vms/{id}/kill", vms::kill),
            Route.of(GET, "/v1/vms/{id}/log", logs::ofVm).giving(TEXT).asking("follow"),
            Route.of(GET, "/v1/vms/{id}/events", events::ofVm)
                .giving(EVENTS)
                .asking("follow", "format"),
            Route.of(GET, "/v1/images", images::list).asking(Listings.IMAGES.parameters()),
            Route.of(GET, "/v1/images/{ref}/export", images::export).giving("application/x-tar"),
            Route.of(GET, "/v1/images/{ref}/manifest", images::manifest),
            Route.of(GET, "/v1/images/{ref}", images::get),
            Route.of(DELETE, "/v1/images/{ref}", images::remove),
            Route.of(GET, "/v1/kernels", images::listKernels).asking(Listings.KERNELS.parameters()),
            Route.of(GET, "/v1/kernels/{name}", images::getKernel),
            Route.of(DELETE, "/v1/kernels/{name}", images::removeKernel).asking("force"),
            Route.of(GET, "/v1/workers", images::listWorkers).asking(Listings.WORKERS.parameters()),
            Route.of(HEAD, "/v1/blobs/{digest}", blobs::head).needing(Needs.TOKEN).giving(),
            Route.of(GET, "/v1/blobs/{digest}", blobs::get).needing(Needs.TOKEN).giving(BINARY),
            Route.of(PUT, "/v1/blobs/{digest}", blobs::put)
                .needing(Needs.TOKEN)
                .taking(Body.STREAM)
                .giving(),
            Route.of(GET, "/v1/dead-letters", letters::list)
                .asking(Listings.DEAD_LETTERS.parameters()),
            Route.of(GET, "/v1/dead-letters/{id}", letters::get),
            Route.of(DELETE, "/v1/dead-letters/{id}", letters::drop),
            Route.of(POST, "/v1/dead-letters/{id}/resubmit", letters::resubmit).taking(Body.JSON),
            Route.of(GET, "/v1/events", events::all)
                .giving(EVENTS)
                .asking("subject", "type", "since", "follow", "format"),
            Route.of(GET, "/healthz", system::healthz).needing(Needs.NOTHING),
            Route.of(GET, "/readyz", system::readyz).needing(Needs.NOTHING),
            Route.of(GET, "/metrics", system::metrics).needing(Needs.TOKEN).giving(TEXT),
            Route.of(GET, "/openapi.json", system::openapi).needing(Needs.NOTHING),
            Route.of(GET, "/asyncapi.json", system::asyncapi).needing(Needs.NOTHING),
            Route.of(GET, "/schemas.json", system::schemas)
                .needing(Needs.NOTHING)
                .giving("application/schema+json")));
  }
}
