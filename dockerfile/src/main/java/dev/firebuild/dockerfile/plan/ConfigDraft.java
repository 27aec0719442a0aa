package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.HealthCheck;
import dev.firebuild.dockerfile.ImageConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** An image configuration in the making; the members are those of {@link ImageConfig}. */
final class ConfigDraft {
  final List<String> env;
  private final Map<String, Integer> envPlaces = new HashMap<>();
  List<String> entrypoint;
  List<String> cmd;
  String user;
  String workingDir;
  final SortedSet<String> exposedPorts;
  final SortedSet<String> volumes;
  final Map<String, String> labels;
  String stopSignal;
  List<String> shell;
  Optional<HealthCheck> healthcheck;
  final List<String> onBuild = new ArrayList<>();
  String author;

  /** Begins with what a base says; its triggers stay behind. */
  ConfigDraft(ImageConfig base) {
    env = new ArrayList<>(base.env());
    for (int i = 0; i < env.size(); i++) {
      envPlaces.putIfAbsent(env.get(i).split("=", 2)[0], i);
    }
    entrypoint = base.entrypoint();
    cmd = base.cmd();
    user = base.user();
    workingDir = base.workingDir();
    exposedPorts = new TreeSet<>(base.exposedPorts());
    volumes = new TreeSet<>(base.volumes());
    labels = new LinkedHashMap<>(base.labels());
    stopSignal = base.stopSignal();
    shell = base.shell();
    healthcheck = base.healthcheck();
    author = base.author();
  }

  /** Sets a variable; one that is there keeps its place. */
  void setEnv(String name, String value) {
    String pair = name + "=" + value;
    Optional<Integer> place = Optional.ofNullable(envPlaces.putIfAbsent(name, env.size()));
    if (place.isPresent()) {
      env.set(place.get(), pair);
    } else {
      env.add(pair);
    }
  }

  ImageConfig toConfig() {
    return new ImageConfig(
        env,
        entrypoint,
        cmd,
        user,
        workingDir,
        exposedPorts,
        volumes,
        labels,
        stopSignal,
        shell,
        healthcheck,
        onBuild,
        author);
  }
}
