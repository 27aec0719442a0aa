package dev.firebuild.dockerfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How an image is run: the {@code config} object of the OCI image specification with Docker's
 * additions (health check, shell, triggers), plus the image's author. A plain value; empty strings
 * and lists stand for absent members.
 *
 * @param env {@code NAME=value}, in the order of definition
 * @param user as written: {@code user}, {@code user:group}, names or numbers
 * @param workingDir as written, made absolute
 * @param exposedPorts {@code port/protocol}
 * @param volumes paths as written
 * @param labels in the order of definition
 * @param shell what runs the shell form of instructions; empty for {@code /bin/sh -c}
 * @param onBuild triggers for stages that continue this image, as instructions
 * @param author {@code MAINTAINER}
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">OCI image
 *     configuration</a>
 */
public record ImageConfig(
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    String user,
    String workingDir,
    SortedSet<String> exposedPorts,
    SortedSet<String> volumes,
    Map<String, String> labels,
    String stopSignal,
    List<String> shell,
    Optional<HealthCheck> healthcheck,
    List<String> onBuild,
    String author) {
  /** An image that says nothing about itself. */
  public static final ImageConfig EMPTY =
      new ImageConfig(
          List.of(),
          List.of(),
          List.of(),
          "",
          "",
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          Map.of(),
          "",
          List.of(),
          Optional.empty(),
          List.of(),
          "");

  public ImageConfig {
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    exposedPorts = Collections.unmodifiableSortedSet(new TreeSet<>(exposedPorts));
    volumes = Collections.unmodifiableSortedSet(new TreeSet<>(volumes));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    shell = List.copyOf(shell);
    onBuild = List.copyOf(onBuild);
  }
}
