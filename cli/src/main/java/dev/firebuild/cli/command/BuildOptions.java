package dev.firebuild.cli.command;

import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code build} and {@code rootfs} have in common. */
final class BuildOptions {
  @Option(
      names = "--build-arg",
      paramLabel = "NAME[=VALUE]",
      mapFallbackValue = FROM_ENVIRONMENT,
      description = "Value of an ARG; without VALUE, that of the environment. May be repeated.")
  private Map<String, String> buildArgs = new LinkedHashMap<>();

  @Option(names = "--label", paramLabel = "NAME=VALUE", description = "Label of the image.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(names = "--no-cache", description = "Execute every step.")
  private boolean noCache;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = SecondsConverter.class,
      description = "The build fails after this time: 90s, 10m, 2h.")
  private @Nullable Integer timeout;

  @Option(
      names = "--progress",
      paramLabel = "MODE",
      description = "auto, plain or rawjson (default: auto).")
  private ProgressMode progress = ProgressMode.AUTO;

  @Option(names = "--cpu", paramLabel = "N", description = "Virtual CPUs of the build VMs.")
  private @Nullable Integer cpu;

  @Option(names = "--mem", paramLabel = "MIB", description = "Memory of the build VMs in MiB.")
  private @Nullable Integer mem;

  @Option(
      names = {"--kernel", "--vmlinux-id"},
      paramLabel = "NAME",
      description = "Kernel to boot (firebuild kernel ls).")
  private @Nullable String kernel;

  private static final String FROM_ENVIRONMENT = "\0";

  ProgressMode progress() {
    return progress;
  }

  BuildRequest request(
      String tag, Source source, Optional<String> target, Map<String, String> env) {
    Map<String, String> arguments = new LinkedHashMap<>();
    buildArgs.forEach((name, value) -> {
      if (name.isEmpty()) {
        throw new CliException(
            CliException.USAGE, "--build-arg =%s: the name is missing".formatted(value));
      }
      if (!value.equals(FROM_ENVIRONMENT)) {
        arguments.put(name, value);
      } else if (env.containsKey(name)) {
        arguments.put(name, env.getOrDefault(name, ""));
      }
    });
    return new BuildRequest(
        Optional.empty(),
        tag,
        source,
        target,
        arguments,
        labels,
        noCache,
        Optional.ofNullable(timeout),
        Optional.ofNullable(cpu),
        Optional.ofNullable(mem),
        Optional.ofNullable(kernel),
        Optional.empty());
  }
}
