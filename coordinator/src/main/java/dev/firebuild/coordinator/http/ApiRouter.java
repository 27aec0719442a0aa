package dev.firebuild.coordinator.http;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.firebuild.messaging.http.Blocking;
import dev.firebuild.messaging.http.ConnectionGuard;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.resource.ProblemException;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the routes on a Vert.x router. The event loop only reads and writes; each request is
 * answered on a virtual thread of its own, so one that waits keeps no other waiting.
 */
final class ApiRouter {
  private static final String TEMPLATE = "template";

  /** Whether the answer begins before the body has ended, and that is as it should be. */
  private static final String INTERLEAVED = "interleaved";

  private final Router router;
  private final Metrics metrics;
  private final ConnectionGuard guard;
  private final HttpPatience patience;
  private final BodyMemory memory = new BodyMemory(BodyMemory.DEFAULT);

  private ApiRouter(Vertx vertx, Metrics metrics, ConnectionGuard guard, HttpPatience patience) {
    this.router = Router.router(vertx);
    this.metrics = metrics;
    metrics.watch(memory);
    this.guard = guard;
    this.patience = patience;
  }

  static Router of(
      Vertx vertx, Routes routes, HttpApi.Parts parts, Metrics metrics, ConnectionGuard guard) {
    ApiRouter api = new ApiRouter(vertx, metrics, guard, parts.patience());
    api.router.route().handler(api::count);
    api.router.route().handler(api::guard);
    api.router.route().handler(ApiRouter::requireUnambiguous);
    api.add(routes, Route.Needs.NOTHING);
    // Without the token, nobody learns which paths there are.
    api.router.route().handler(context -> authorize(context, parts.token()));
    api.add(routes, Route.Needs.TOKEN);
    api.router.route().handler(context -> requireReady(context, parts.notReady().get()));
    api.add(routes, Route.Needs.VIEWS);
    byPattern(routes.all()).forEach(api::refuseOthers);
    api.router.route().failureHandler(Failures::handle);
    // What no route has matched, and what broke off the matching.
    api.router.errorHandler(
        404,
        context -> Failures.send(context, Problems.notFound("path", context.normalizedPath())));
    api.router.errorHandler(400, context -> Failures.send(context, Failures.unroutable(context)));
    return api.router;
  }

  private void count(RoutingContext context) {
    long begin = System.nanoTime();
    metrics.begin();
    context.addEndHandler(_ ->
        metrics.end(
            context.request().method().name(),
            context.get(TEMPLATE, "none"),
            context.response().getStatusCode(),
            Duration.ofNanos(System.nanoTime() - begin)));
    context.next();
  }

  private void guard(RoutingContext context) {
    boolean served = guard.begun(context.request());
    context.addHeadersEndHandler(_ -> {
      if (!context.<Boolean>get(INTERLEAVED, false)) {
        guard.answering(context.request());
      }
    });
    context.addEndHandler(_ -> guard.answered(context.request()));
    if (served) {
      context.next();
    } else {
      refuseForGood(context, Problems.tooManyConnections());
    }
  }

  /** Answers, and reads no further request of the connection. */
  private static void refuseForGood(RoutingContext context, ProblemException problem) {
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    context.addEndHandler(_ -> context.request().connection().close());
    context.fail(problem);
  }

  /** What two readers could understand in two ways is no request: the next one could hide in it. */
  private static void requireUnambiguous(RoutingContext context) {
    MultiMap headers = context.request().headers();
    List<String> codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
    if (codings.size() > 1
        || codings.stream().anyMatch(coding -> !coding.equalsIgnoreCase("chunked"))) {
      refuseForGood(
          context, Problems.malformed("the header Transfer-Encoding may only say chunked"));
    } else if (headers.getAll(HttpHeaders.HOST).size() > 1) {
      refuseForGood(context, Problems.malformed("the header Host comes more than once"));
    } else {
      context.next();
    }
  }

  private static void authorize(RoutingContext context, BearerToken token) {
    if (token.isShownBy(context.request().getHeader(HttpHeaders.AUTHORIZATION))) {
      context.next();
    } else {
      context.fail(Problems.unauthorized());
    }
  }

  private static void requireReady(RoutingContext context, Optional<String> notReady) {
    notReady.ifPresentOrElse(
        reason -> context.fail(Problems.unavailable(reason)), () -> context.next());
  }

  private void add(Routes routes, Route.Needs needs) {
    routes.all().stream().filter(route -> route.needs() == needs).forEach(this::add);
  }

  private void add(Route route) {
    router
        .routeWithRegex(route.method(), route.pattern())
        .handler(context -> begin(context, route));
    var added = router.routeWithRegex(route.method(), route.pattern());
    route.gives().forEach(added::produces);
    if (route.body() == Route.Body.JSON) {
      added.handler(context -> JsonBody.read(context, memory));
    }
    added.handler(context -> {
      if (takes(route, context)) {
        answer(context, route);
      } else {
        context.next();
      }
    });
  }

  /** Whether the body is for {@code route}, and not for the one beside it. */
  private static boolean takes(Route route, RoutingContext context) {
    return route.body() != Route.Body.LINES || type(context).equals(Route.LINES);
  }

  private static String type(RoutingContext context) {
    return context.parsedHeaders().contentType().value();
  }

  private static void begin(RoutingContext context, Route route) {
    context.put(TEMPLATE, route.template());
    context.put(INTERLEAVED, route.body() == Route.Body.LINES && takes(route, context));
    Optional<ProblemException> unknown =
        Parameters.unknown(context.queryParams().names(), route.asks());
    if (unknown.isPresent()) {
      context.fail(unknown.get());
    } else if (route.body() == Route.Body.JSON) {
      refuseForms(context);
    } else {
      context.next();
    }
  }

  /** A form would be taken apart; {@code curl -d} says that it sends one. */
  private static void refuseForms(RoutingContext context) {
    String type = type(context);
    if (type.isEmpty() || type.equals(Route.JSON)) {
      context.next();
    } else {
      context.fail(Problems.unsupportedMediaType(type));
    }
  }

  /** On the event loop, before the first byte of a body can come. */
  private void answer(RoutingContext context, Route route) {
    guard.handed(context.request());
    Exchange exchange = new Exchange(context, route.body().isRead(), patience, memory);
    Blocking.run(context.vertx(), () -> route.handler().handle(exchange), context::fail);
  }

  private static Map<String, List<Route>> byPattern(List<Route> routes) {
    return routes.stream().collect(groupingBy(Route::pattern, LinkedHashMap::new, toList()));
  }

  /** Whatever else is tried on a path that there is. */
  private void refuseOthers(String pattern, List<Route> known) {
    router
        .routeWithRegex(pattern)
        .handler(context -> {
          HttpMethod method = context.request().method();
          context.fail(
              known.stream()
                  .filter(route -> route.method().equals(method) && takes(route, context))
                  .findFirst()
                  .map(route -> Problems.notAcceptable(context.normalizedPath(), route.gives()))
                  .orElseGet(() ->
                      Problems.methodNotAllowed(
                          method.name(),
                          context.normalizedPath(),
                          known.stream().map(route -> route.method().name()).distinct().toList())));
        });
  }
}
