package dev.firebuild.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Flags of the first firebuild that this version refuses, each with its reason. */
final class SeedFlags {
  private static final String WORKER =
      "is a setting of the worker, whose operator sets it; leave the flag out";
  private static final String LATER = "is not supported yet; leave the flag out";

  private static final Map<String, String> COMMON =
      Map.ofEntries(
          Map.entry("--profile", LATER),
          Map.entry("--profile-conf-dir", LATER),
          Map.entry("--tracing-enable", LATER),
          Map.entry("--tracing-collector-host-port", LATER),
          Map.entry("--tracing-log-enable", LATER),
          Map.entry("--storage-provider", WORKER),
          Map.entry("--storage-provider.directory.kernel-storage-root", WORKER),
          Map.entry("--storage-provider.directory.rootfs-storage-root", WORKER),
          Map.entry("--storage-provider-property-string", WORKER),
          Map.entry("--run-cache", WORKER),
          Map.entry("--binary-firecracker", WORKER),
          Map.entry("--binary-jailer", WORKER),
          Map.entry("--chroot-base", WORKER),
          Map.entry("--jailer-gid", WORKER),
          Map.entry("--jailer-uid", WORKER),
          Map.entry("--jailer-numa-node", WORKER),
          Map.entry("--netns", WORKER));

  private static final Map<String, String> MACHINE =
      Map.ofEntries(
          Map.entry("--cni-bin-dir", WORKER),
          Map.entry("--cni-conf-dir", WORKER),
          Map.entry("--cni-cache-dir", WORKER),
          Map.entry("--cni-network-name", WORKER),
          Map.entry("--cpu-template", LATER),
          Map.entry("--ht-enabled", LATER),
          Map.entry("--root-drive-partuuid", LATER),
          Map.entry("--kernel-args", LATER),
          Map.entry("--no-mmds", "has no meaning any more: there is no metadata service"),
          Map.entry("--log-firecracker-http-calls", LATER),
          Map.entry("--shutdown-graceful-timeout-seconds", LATER));

  private static final Map<String, String> ROOTFS =
      Map.of(
          "--ip-address",
          "has no meaning for a build: nobody asks for it; give it to run",
          "--docker-image",
          LATER + ", or build from the image's Dockerfile",
          "--docker-image-base",
          LATER,
          "--pre-build-command",
          LATER + ", or write it as a RUN into the Dockerfile",
          "--post-build-command",
          LATER + ", or write it as a RUN into the Dockerfile",
          "--bootstrap-certs-key-size",
          "has no meaning any more: steps run over SSH",
          "--bootstrap-certs-validity",
          "has no meaning any more: steps run over SSH",
          "--bootstrap-initial-communication-timeout",
          "has no meaning any more; see --timeout",
          "--bootstrap-server-bind-interface",
          "has no meaning any more: steps run over SSH");

  private SeedFlags() {}

  /** Adds what every command refuses to {@code spec}. */
  static void refuseCommon(CommandSpec spec) {
    refuse(spec, List.of(COMMON));
  }

  /** Adds what {@code run} refuses to {@code spec}. */
  static void refuseMachine(CommandSpec spec) {
    refuse(spec, List.of(COMMON, MACHINE));
  }

  /** Adds what {@code rootfs} refuses to {@code spec}. */
  static void refuseRootfs(CommandSpec spec) {
    refuse(spec, List.of(COMMON, MACHINE, ROOTFS));
  }

  private static void refuse(CommandSpec spec, List<Map<String, String>> flags) {
    for (Map<String, String> group : flags) {
      group.forEach((name, reason) ->
          spec.addOption(
              OptionSpec.builder(name)
                  .hidden(true)
                  .arity("0..1")
                  .type(List.class)
                  .auxiliaryTypes(String.class)
                  .initialValue(new ArrayList<String>())
                  .preprocessor((_, command, _, _) -> {
                    throw new ParameterException(command.commandLine(), name + " " + reason);
                  })
                  .build()));
    }
  }
}
