package dev.firebuild.coordinator.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All routes; the first that matches answers. */
record Routes(List<Route> all) {
  /** A route and the values of its path's parameters. */
  record Match(Route route, Map<String, String> parameters) {}

  static Routes of(
      BuildHandlers builds,
      VmHandlers vms,
      ImageHandlers images,
      BlobHandlers blobs,
      EventHandlers events,
      LogHandlers logs,
      SystemHandlers system) {
    return new Routes(
        List.of(
            Route.of(POST, "/v1/builds", builds::submit),
            Route.of(GET, "/v1/builds", builds::list),
            Route.of(GET, "/v1/builds/{id}", builds::get),
            Route.of(POST, "/v1/builds/{id}/cancel", builds::cancel),
            Route.of(GET, "/v1/builds/{id}/log", logs::ofBuild),
            Route.of(GET, "/v1/builds/{id}/events", events::ofBuild),
            Route.of(POST, "/v1/vms", vms::submit),
            Route.of(GET, "/v1/vms", vms::list),
            Route.of(GET, "/v1/vms/{id}", vms::get),
            Route.of(DELETE, "/v1/vms/{id}", vms::remove),
            Route.of(POST, "/v1/vms/{id}/stop", vms::stop),
            Route.of(POST, "/v1/vms/{id}/kill", vms::kill),
            Route.of(GET, "/v1/vms/{id}/log", logs::ofVm),
            Route.of(GET, "/v1/vms/{id}/events", events::ofVm),
            Route.of(GET, "/v1/images", images::list),
            Route.of(GET, "/v1/images/{ref}/export", images::export),
            Route.of(GET, "/v1/images/{ref}/manifest", images::manifest),
            Route.of(GET, "/v1/images/{ref}", images::get),
            Route.of(DELETE, "/v1/images/{ref}", images::remove),
            Route.of(GET, "/v1/kernels", images::listKernels),
            Route.of(GET, "/v1/kernels/{name}", images::getKernel),
            Route.of(DELETE, "/v1/kernels/{name}", images::removeKernel),
            Route.of(GET, "/v1/workers", images::listWorkers),
            Route.of(HEAD, "/v1/blobs/{digest}", blobs::head),
            Route.of(GET, "/v1/blobs/{digest}", blobs::get),
            Route.of(PUT, "/v1/blobs/{digest}", blobs::put),
            Route.of(GET, "/v1/events", events::all),
            Route.open(GET, "/healthz", system::healthz),
            Route.open(GET, "/readyz", system::readyz),
            Route.of(GET, "/metrics", system::metrics),
            Route.open(GET, "/openapi.json", system::openapi)));
  }

  /** The route of {@code method} and {@code path}; empty if there is none of this path. */
  Optional<Match> find(HttpMethod method, String path) {
    Set<String> others = new LinkedHashSet<>();
    for (Route route : all) {
      Optional<Map<String, String>> parameters = route.match(path);
      if (parameters.isPresent()) {
        if (route.method().equals(method)) {
          return Optional.of(new Match(route, parameters.get()));
        }
        others.add(route.method().name());
      }
    }
    if (!others.isEmpty()) {
      throw Problems.methodNotAllowed(method.name(), path, String.join(", ", others));
    }
    return Optional.empty();
  }
}
