package dev.firebuild.coordinator.http;

import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A method and path of the API.
 *
 * @param template as in the OpenAPI document, {@code /v1/builds/{id}}; {@code {ref}} may contain
 *     slashes
 * @param open whether it needs no token
 */
record Route(HttpMethod method, String template, boolean open, Pattern pattern, Handler handler) {
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  /** Answers a request. What it throws becomes a problem document, see {@link Problems#of}. */
  @FunctionalInterface
  interface Handler {
    void handle(Exchange exchange) throws Exception;
  }

  static Route of(HttpMethod method, String template, Handler handler) {
    return new Route(method, template, false, compile(template), handler);
  }

  /** A route that needs no token. */
  static Route open(HttpMethod method, String template, Handler handler) {
    return new Route(method, template, true, compile(template), handler);
  }

  /** The path's parameters, decoded; empty if the path is another's. */
  Optional<Map<String, String>> match(String path) {
    Matcher matcher = pattern.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String name : parameters()) {
      try {
        values.put(
            name,
            URLDecoder.decode(matcher.group(name).replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw Problems.malformed("the path has a broken % escape");
      }
    }
    return Optional.of(values);
  }

  /** The names of the path's parameters. */
  List<String> parameters() {
    return PARAMETER.matcher(template).results().map(result -> result.group(1)).toList();
  }

  private static Pattern compile(String template) {
    return Pattern.compile(
        PARAMETER
            .matcher(template)
            .replaceAll(result ->
                result.group(1).equals("ref")
                    ? "(?<ref>.+)"
                    : "(?<" + result.group(1) + ">[^/]+)"));
  }
}
