package dev.firebuild.coordinator.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A method and path of the API.
 *
 * @param template as in the OpenAPI document, {@code /v1/builds/{id}}; {@code {ref}} may contain
 *     slashes
 * @param needs what must be there before the handler is called
 * @param body what the request may carry
 * @param gives the media types of the answer, the preferred one first; none: it has no body
 * @param asks the parameters that the query may have
 */
record Route(
    HttpMethod method,
    String template,
    Needs needs,
    Body body,
    List<String> gives,
    List<String> asks,
    Handler handler) {
  static final String JSON = "application/json";
  static final String LINES = "application/x-ndjson";
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  /** What must be there before a request is answered; each includes those before it. */
  enum Needs {
    NOTHING,
    TOKEN,
    /** The views show all there is: until then, nobody may be told that something is not there. */
    VIEWS
  }

  /** What a request may carry. */
  enum Body {
    NONE,
    /** Read whole before the handler is called, and bounded. */
    JSON,
    /** Read by the handler as it comes. */
    STREAM,
    /** As {@link #STREAM}: one JSON value a line; such a route is beside one that takes JSON. */
    LINES;

    boolean isRead() {
      return this == STREAM || this == LINES;
    }
  }

  /**
   * Answers a request, on a virtual thread of its own. What it throws becomes a problem document,
   * see {@link Problems#of}.
   */
  @FunctionalInterface
  interface Handler {
    void handle(Exchange exchange) throws Exception;
  }

  /** A route that needs the views, takes no body, gives JSON and knows no parameters. */
  static Route of(HttpMethod method, String template, Handler handler) {
    return new Route(method, template, Needs.VIEWS, Body.NONE, List.of(JSON), List.of(), handler);
  }

  Route needing(Needs needs) {
    return new Route(method, template, needs, body, gives, asks, handler);
  }

  Route taking(Body body) {
    return new Route(method, template, needs, body, gives, asks, handler);
  }

  Route giving(String... types) {
    return new Route(method, template, needs, body, List.of(types), asks, handler);
  }

  Route asking(String... names) {
    return asking(List.of(names));
  }

  Route asking(List<String> names) {
    return new Route(method, template, needs, body, gives, names, handler);
  }

  /** The names of the path's parameters. */
  List<String> parameters() {
    return PARAMETER.matcher(template).results().map(result -> result.group(1)).toList();
  }

  /** The path as a regular expression with a group per parameter. */
  String pattern() {
    return PARAMETER
        .matcher(template.replace(".", "\\."))
        .replaceAll(result ->
            result.group(1).equals("ref") ? "(?<ref>.+)" : "(?<" + result.group(1) + ">[^/]+)");
  }
}
