package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Plugins that write down how they are called and do as they are told, without root. */
final class FakePlugins {
  private static final String RESULT =
      """
      {"cniVersion": "1.0.0", "ips": [{"address": "10.1.0.5/16"}], "by": "NAME"}
      """;

  /** {@code calls} has a line for each call: command, plugin, what it read. */
  private static final String SCRIPT =
      """
      #!/bin/sh
      folder=${0%/*}
      name=${0##*/}
      request=$(cat)
      echo "$CNI_COMMAND $name $request" >>"$folder/calls"
      echo "$CNI_COMMAND|$CNI_CONTAINERID|$CNI_NETNS|$CNI_IFNAME|$CNI_ARGS|$CNI_PATH" >>"$folder/env"
      case $PATH in *sbin*) ;; *) echo 'no sbin' >>"$folder/env" ;; esac
      if [ -e "$folder/$name-$CNI_COMMAND" ]; then
        . "$folder/$name-$CNI_COMMAND"
      fi
      case $CNI_COMMAND in
        ADD) cat "$folder/$name.result" ;;
        VERSION) echo '{"supportedVersions": ["0.3.1", "0.4.0", "1.0.0"]}' ;;
      esac
      """;

  static final Plugins.Limits LIMITS =
      new Plugins.Limits(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));

  final Path folder;
  final Plugins plugins;

  FakePlugins(Path folder, String... names) throws IOException {
    this.folder = folder;
    plugins = new Plugins(Processes.of(System.getenv()), List.of(folder), LIMITS);
    for (String name : names) {
      Path script = folder.resolve(name);
      Files.writeString(script, SCRIPT);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.writeString(folder.resolve(name + ".result"), RESULT.replace("NAME", name));
    }
  }

  /** Lets plugin {@code name} do {@code script}, a part of a shell script, when it is called. */
  void on(String name, String command, String script) throws IOException {
    Files.writeString(folder.resolve(name + "-" + command), script + "\n");
  }

  /** Command and plugin of every call. */
  List<String> calls() throws IOException {
    return lines("calls").map(line -> line.substring(0, line.indexOf(" {"))).toList();
  }

  /** What the plugin read when it was called last. */
  JsonNode lastRequest(String call) throws IOException {
    String line =
        lines("calls")
            .filter(one -> one.startsWith(call + " "))
            .reduce((_, last) -> last)
            .orElseThrow();
    return Json.mapper().readTree(line.substring(line.indexOf('{')));
  }

  List<String> environments() throws IOException {
    return lines("env").toList();
  }

  private Stream<String> lines(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.readAllLines(path).stream() : Stream.of();
  }

  /** A network of these plugins. */
  static NetworkConfig network(String versions, String... types) throws IOException {
    String plugins =
        Stream.of(types)
            .map(type ->
                Json.text(
                    Map.of(
                        "type", type, "capabilities", Map.of("portMappings", type.equals("map")))))
            .collect(Collectors.joining(","));
    String json =
        """
        {"cniVersion": "%s", "cniVersions": %s, "name": "net", "plugins": [%s]}
        """
            .formatted(
                versions.split(" ", -1)[0], Json.text(List.of(versions.split(" ", -1))), plugins);
    return NetworkConfig.parse(
        "net.conflist", json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  static Optional<Path> namespace() {
    return Optional.of(Path.of("/run/netns/firebuild-x"));
  }
}
