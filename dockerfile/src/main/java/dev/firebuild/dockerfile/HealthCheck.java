package dev.firebuild.dockerfile;

import java.time.Duration;
import java.util.List;

/**
 * How to find out whether a container is well; the {@code Healthcheck} of Docker's image
 * configuration.
 *
 * @param test {@code NONE}, {@code CMD} with its arguments, or {@code CMD-SHELL} with one line for
 *     the shell
 * @param interval zero stands for the runtime's default, as in the other times
 * @param retries failures in a row until the container counts as unhealthy; zero stands for the
 *     runtime's default
 */
public record HealthCheck(
    List<String> test,
    Duration interval,
    Duration timeout,
    Duration startPeriod,
    Duration startInterval,
    int retries) {
  public HealthCheck {
    test = List.copyOf(test);
  }

  /** {@code HEALTHCHECK NONE}: no check, also none of the base image. */
  public static HealthCheck none() {
    return new HealthCheck(
        List.of("NONE"), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
  }
}
