package dev.firebuild.dockerfile.conformance;

import dev.firebuild.dockerfile.HealthCheck;
import dev.firebuild.dockerfile.ImageConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Image configurations in the words of the recorded cases. */
final class ConfigJson {
  private ConfigJson() {}

  /** The base images only have an environment and a command. */
  static ImageConfig read(JsonNode json) {
    ImageConfig none = ImageConfig.EMPTY;
    return new ImageConfig(
        strings(json.path("Env")),
        none.entrypoint(),
        strings(json.path("Cmd")),
        none.user(),
        none.workingDir(),
        none.exposedPorts(),
        none.volumes(),
        none.labels(),
        none.stopSignal(),
        none.shell(),
        none.healthcheck(),
        none.onBuild(),
        none.author());
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(element -> strings.add(element.asString()));
    return strings;
  }

  /** What a case calls {@code config}: absent members are left out. */
  static Map<String, Object> write(ImageConfig config) {
    Map<String, Object> json = new TreeMap<>();
    put(json, "Env", config.env());
    put(json, "Entrypoint", config.entrypoint());
    put(json, "Cmd", config.cmd());
    put(json, "User", config.user());
    put(json, "WorkingDir", config.workingDir());
    put(json, "ExposedPorts", List.copyOf(config.exposedPorts()));
    put(json, "Volumes", List.copyOf(config.volumes()));
    if (!config.labels().isEmpty()) {
      json.put("Labels", new TreeMap<>(config.labels()));
    }
    put(json, "StopSignal", config.stopSignal());
    put(json, "Shell", config.shell());
    config.healthcheck().ifPresent(check -> json.put("Healthcheck", write(check)));
    put(json, "OnBuild", config.onBuild());
    put(json, "Author", config.author());
    return json;
  }

  private static void put(Map<String, Object> json, String name, String value) {
    if (!value.isEmpty()) {
      json.put(name, value);
    }
  }

  private static void put(Map<String, Object> json, String name, Collection<String> values) {
    if (!values.isEmpty()) {
      json.put(name, values);
    }
  }

  private static Map<String, Object> write(HealthCheck check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Test", check.test());
    put(json, "Interval", check.interval());
    put(json, "Timeout", check.timeout());
    put(json, "StartPeriod", check.startPeriod());
    put(json, "StartInterval", check.startInterval());
    if (check.retries() != 0) {
      json.put("Retries", (long) check.retries());
    }
    return json;
  }

  private static void put(Map<String, Object> json, String name, Duration duration) {
    if (!duration.isZero()) {
      json.put(name, duration.toNanos());
    }
  }

  /** The same words as {@link #write(ImageConfig)}, from a file. */
  static Map<String, Object> plain(JsonNode object) {
    Map<String, Object> plain = new TreeMap<>();
    object
        .properties()
        .forEach(entry -> {
          JsonNode value = entry.getValue();
          plain.put(
              entry.getKey(),
              value.isObject()
                  ? plain(value)
                  : value.isArray()
                      ? strings(value)
                      : value.isNumber() ? (Object) value.asLong() : value.asString());
        });
    return plain;
  }
}
