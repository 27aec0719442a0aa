package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.pattern.Paths;
import dev.firebuild.dockerfile.word.Variables;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is in effect at a place in a stage: variables, configuration, and what is known of the tree.
 */
final class StageState implements Variables {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private final Map<String, String> environment;
  private final ConfigDraft config;
  private final boolean baseUnknown;
  private boolean treeEmpty;
  private boolean cmdSet;
  private boolean directorySet;
  private final Set<String> declared = new HashSet<>();
  private final Set<String> missed = new LinkedHashSet<>();
  private Optional<List<String>> environmentList = Optional.empty();

  private StageState(
      Map<String, String> inherited, ImageConfig base, boolean baseUnknown, boolean treeEmpty) {
    this.environment = new LinkedHashMap<>(inherited);
    this.config = new ConfigDraft(base);
    this.baseUnknown = baseUnknown;
    this.treeEmpty = treeEmpty;
    // variables of the image win over arguments of the same name that a continued stage had
    for (String pair : config.env) {
      int equals = pair.indexOf('=');
      environment.put(
          equals < 0 ? pair : pair.substring(0, equals),
          equals < 0 ? "" : pair.substring(equals + 1));
    }
    if (!baseUnknown && config.env.stream().noneMatch(pair -> pair.startsWith("PATH="))) {
      config.setEnv("PATH", DEFAULT_PATH);
      environment.put("PATH", DEFAULT_PATH);
    }
    if (!config.workingDir.isEmpty()) {
      changeDirectory(config.workingDir);
    }
  }

  /** The beginning of a stage on the empty tree. */
  static StageState onScratch() {
    StageState state = new StageState(Map.of(), ImageConfig.EMPTY, false, true);
    state.config.workingDir = "/";
    return state;
  }

  static StageState onImage(ImageConfig image) {
    return new StageState(Map.of(), image, false, false);
  }

  /** The beginning of a stage on an image that nothing is known about. */
  static StageState onUnknownImage() {
    return new StageState(Map.of(), ImageConfig.EMPTY, true, false);
  }

  /** The beginning of a stage that continues another: its arguments are still set. */
  StageState continued() {
    StageState state = new StageState(environment, config.toConfig(), baseUnknown, treeEmpty);
    state.declared.addAll(declared);
    state.directorySet = directorySet;
    return state;
  }

  @Override
  public Optional<String> get(String name) {
    Optional<String> value = Optional.ofNullable(environment.get(name));
    if (value.isEmpty()) {
      missed.add(name);
    }
    return value;
  }

  /** The variables that were asked for and are not set; then begins anew. */
  Set<String> takeMissed() {
    Set<String> result = Set.copyOf(missed);
    missed.clear();
    return result;
  }

  /** The variables that were asked for and are not set. */
  Set<String> missed() {
    return Set.copyOf(missed);
  }

  /** Whether a value depends on a variable that the unknown base may set. */
  boolean dependsOnBase(Set<String> missedNames) {
    return baseUnknown && !missedNames.isEmpty();
  }

  /** An ARG names the variable, whether it gets a value or not. */
  void declare(String name) {
    declared.add(name);
  }

  boolean isDeclared(String name) {
    return declared.contains(name);
  }

  /** Sets a variable for the steps that follow, not for the image. */
  void setVariable(String name, String value) {
    environment.put(name, value);
    environmentList = Optional.empty();
  }

  /** A variable is set, to something that nobody knows yet. */
  void forgetVariable(String name) {
    environment.remove(name);
    environmentList = Optional.empty();
  }

  /** {@code NAME=value} of all variables; the same list as long as nothing changes. */
  List<String> environment() {
    List<String> list =
        environmentList.orElseGet(() ->
            environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList());
    environmentList = Optional.of(list);
    return list;
  }

  /** Whether {@link #environment} has to make a new list. */
  boolean environmentChanged() {
    return environmentList.isEmpty();
  }

  /** How many variables are set. */
  int environmentSize() {
    return environment.size();
  }

  ConfigDraft config() {
    return config;
  }

  /** Changes the working directory; a relative path goes on from the one in effect. */
  void changeDirectory(String path) {
    String current = config.workingDir.isEmpty() ? "/" : config.workingDir;
    if (path.startsWith("/")) {
      config.workingDir = path;
    } else {
      config.workingDir = path.isEmpty() ? current : Paths.resolve(current, path);
    }
  }

  /** Says whether this is the first WORKDIR since the base image. */
  boolean takeFirstDirectory() {
    boolean first = !directorySet;
    directorySet = true;
    return first;
  }

  /** The working directory in its shortest form. */
  String directory() {
    return Paths.clean("/" + config.workingDir);
  }

  /** The command for the shell in effect. */
  List<String> shellCommand(String line) {
    List<String> shell = config.shell.isEmpty() ? DEFAULT_SHELL : config.shell;
    return Stream.concat(shell.stream(), Stream.of(line)).toList();
  }

  void setCmd(List<String> arguments) {
    config.cmd = arguments;
    cmdSet = true;
  }

  /** Sets the entry point, which takes away the command of the base. */
  void setEntrypoint(List<String> arguments) {
    config.entrypoint = arguments;
    if (!cmdSet) {
      config.cmd = List.of();
    }
  }

  /** Whether there can't be any file yet. */
  boolean treeEmpty() {
    return treeEmpty;
  }

  void filesAdded() {
    treeEmpty = false;
  }
}
