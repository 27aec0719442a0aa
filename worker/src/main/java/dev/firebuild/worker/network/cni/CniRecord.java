package dev.firebuild.worker.network.cni;

import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What is kept of an attachment, in the form of libcni's cache: other programs that use the plugins
 * of a host read and write it, too.
 *
 * @param kind says that it has this form
 * @param containerId whose it is
 * @param config the network's configuration at the time of ADD, as JSON in base 64
 * @param ifName the device in the namespace
 * @param networkName of the network
 * @param netns path of the namespace
 * @param cniArgs pairs that every plugin was told
 * @param capabilityArgs what plugins with a capability were told
 * @param result of the last plugin that has answered ADD; absent: none has
 */
record CniRecord(
    String kind,
    String containerId,
    String config,
    String ifName,
    String networkName,
    Optional<String> netns,
    Optional<List<List<String>>> cniArgs,
    Optional<Map<String, JsonNode>> capabilityArgs,
    Optional<JsonNode> result) {
  static final String KIND = "cniCacheV1";

  /** Of an attachment that is not made yet. */
  static CniRecord of(CniAttachment attachment, NetworkConfig config) {
    return new CniRecord(
        KIND,
        attachment.containerId(),
        Base64.getEncoder().encodeToString(config.json()),
        CniAttachment.DEVICE,
        config.name(),
        attachment.namespace().map(Object::toString),
        Optional.of(
            attachment.generic().entrySet().stream()
                .map(argument -> List.of(argument.getKey(), argument.getValue()))
                .toList()),
        Optional.of(attachment.arguments()),
        Optional.empty());
  }

  /** The same with the namespace that there is now. */
  CniRecord in(Path namespace) {
    return new CniRecord(
        kind,
        containerId,
        config,
        ifName,
        networkName,
        Optional.of(namespace.toString()),
        cniArgs,
        capabilityArgs,
        result);
  }

  /** The network as it was when the attachment was made. */
  NetworkConfig network() throws IOException {
    String origin = "the record of " + containerId;
    try {
      return NetworkConfig.parse(origin, Base64.getDecoder().decode(config));
    } catch (IllegalArgumentException e) {
      throw new IOException(origin + ": its configuration is not in base 64", e);
    }
  }

  CniRecord withResult(JsonNode answer) {
    return new CniRecord(
        kind,
        containerId,
        config,
        ifName,
        networkName,
        netns,
        cniArgs,
        capabilityArgs,
        Optional.of(answer));
  }

  /** What the plugins were told, with the namespace as it is now. */
  CniAttachment attachment(Optional<Path> namespace) {
    Map<String, String> generic =
        cniArgs.orElse(List.of()).stream()
            .filter(pair -> pair.size() == 2)
            .collect(Collectors.toUnmodifiableMap(List::getFirst, List::getLast));
    return new CniAttachment(containerId, namespace, capabilityArgs.orElse(Map.of()), generic);
  }

  /** A port of the host that an attachment has; an address is absent for all of the host's. */
  record HostPort(Optional<String> address, int port) {
    boolean meets(HostPort other) {
      return port == other.port
          && (address.isEmpty() || other.address.isEmpty() || address.equals(other.address));
    }
  }

  /** The TCP ports of the host that lead to it. */
  Stream<HostPort> ports() {
    return capabilityArgs.stream()
        .map(arguments -> arguments.get(CniAttachment.PORTS))
        .flatMap(Stream::ofNullable)
        .flatMap(JsonNode::valueStream)
        .filter(port -> port.path("protocol").asString("tcp").equalsIgnoreCase("tcp"))
        .map(port ->
            new HostPort(
                Optional.of(port.path("hostIP").asString(""))
                    .filter(address -> !address.isEmpty() && !address.equals("0.0.0.0")),
                port.path("hostPort").asInt(0)));
  }

  byte[] json() {
    return Json.bytes(this);
  }
}
