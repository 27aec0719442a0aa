package dev.firebuild.worker.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.firebuild.dockerfile.HealthCheck;
import dev.firebuild.dockerfile.ImageConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@link ImageConfig} in the words of the OCI image specification, with Docker's additions: the
 * {@code config} object of an image. Members without a value are left out.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record OciConfig(
    @JsonProperty("User") String user,
    @JsonProperty("ExposedPorts") Map<String, Empty> exposedPorts,
    @JsonProperty("Env") List<String> env,
    @JsonProperty("Entrypoint") List<String> entrypoint,
    @JsonProperty("Cmd") List<String> cmd,
    @JsonProperty("Volumes") Map<String, Empty> volumes,
    @JsonProperty("WorkingDir") String workingDir,
    @JsonProperty("Labels") Map<String, String> labels,
    @JsonProperty("StopSignal") String stopSignal,
    @JsonProperty("Shell") List<String> shell,
    @JsonProperty("Healthcheck") Optional<Health> healthcheck,
    @JsonProperty("OnBuild") List<String> onBuild) {

  /** JSON leaves out what has no value. */
  public OciConfig {
    user = text(user);
    exposedPorts = map(exposedPorts);
    env = list(env);
    entrypoint = list(entrypoint);
    cmd = list(cmd);
    volumes = map(volumes);
    workingDir = text(workingDir);
    labels = map(labels);
    stopSignal = text(stopSignal);
    shell = list(shell);
    onBuild = list(onBuild);
  }

  /** {@code {}}, the value of each member of a set. */
  public record Empty() {}

  /** A health check; times in nanoseconds, 0 for the default. */
  @JsonInclude(JsonInclude.Include.NON_DEFAULT)
  public record Health(
      @JsonProperty("Test") List<String> test,
      @JsonProperty("Interval") long interval,
      @JsonProperty("Timeout") long timeout,
      @JsonProperty("StartPeriod") long startPeriod,
      @JsonProperty("StartInterval") long startInterval,
      @JsonProperty("Retries") int retries) {
    public Health {
      test = list(test);
    }

    private static Health of(HealthCheck check) {
      return new Health(
          check.test(),
          check.interval().toNanos(),
          check.timeout().toNanos(),
          check.startPeriod().toNanos(),
          check.startInterval().toNanos(),
          check.retries());
    }

    private HealthCheck toHealthCheck() {
      return new HealthCheck(
          test,
          Duration.ofNanos(interval),
          Duration.ofNanos(timeout),
          Duration.ofNanos(startPeriod),
          Duration.ofNanos(startInterval),
          retries);
    }
  }

  /** The OCI form of {@code config}, without its author. */
  public static OciConfig of(ImageConfig config) {
    return new OciConfig(
        config.user(),
        set(config.exposedPorts()),
        config.env(),
        config.entrypoint(),
        config.cmd(),
        set(config.volumes()),
        config.workingDir(),
        config.labels(),
        config.stopSignal(),
        config.shell(),
        config.healthcheck().map(Health::of),
        config.onBuild());
  }

  /** The configuration that this says, of an image made by {@code author}. */
  public ImageConfig toImageConfig(String author) {
    return new ImageConfig(
        env,
        entrypoint,
        cmd,
        user,
        workingDir,
        new TreeSet<>(exposedPorts.keySet()),
        new TreeSet<>(volumes.keySet()),
        labels,
        stopSignal,
        shell,
        healthcheck.map(Health::toHealthCheck),
        onBuild,
        author);
  }

  private static Map<String, Empty> set(SortedSet<String> values) {
    Map<String, Empty> set = new LinkedHashMap<>();
    values.forEach(value -> set.put(value, new Empty()));
    return set;
  }

  private static <V> Map<String, V> map(@Nullable Map<String, V> values) {
    return values == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  private static List<String> list(@Nullable List<String> values) {
    return values == null ? List.of() : List.copyOf(values);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
