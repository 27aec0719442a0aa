package dev.firebuild.protocol.request;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Reference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A VM that is asked for: the value of a record of the run request topic, and the body of {@code
 * POST /v1/vms}.
 *
 * @param id the VM's id; absent: drawn by the coordinator, or derived from the record's place
 * @param image reference of the image to run
 * @param name a second, unique handle of the VM, accepted wherever its id is
 * @param hostname the guest's host name; absent: the first 12 characters of the id
 * @param env added to the image's environment, or in place of it
 * @param command in place of the image's CMD; empty: the image's own
 * @param ports published ports, each {@code [ADDRESS:]HOST:GUEST[/tcp]}
 * @param ipAddress the guest's IPv4 address, where the worker's network has a choice; absent: the
 *     network gives one
 * @param cpu virtual CPUs; absent: the worker's default
 * @param mem memory in MiB; absent: the worker's default
 * @param kernel name of the kernel to boot; absent: the default kernel
 * @param sshUser the image's user who may log in with {@code authorizedKeys}
 * @param authorizedKeys OpenSSH public keys
 * @param remove remove the VM and its disk when it has ended
 * @param retryOf the id of the dead or failed request that this one repeats
 */
public record RunRequest(
    Optional<String> id,
    String image,
    Optional<String> name,
    Optional<String> hostname,
    Map<String, String> env,
    List<String> command,
    List<PortMapping> ports,
    Optional<String> ipAddress,
    Optional<Integer> cpu,
    Optional<Integer> mem,
    Optional<String> kernel,
    Optional<String> sshUser,
    List<String> authorizedKeys,
    boolean remove,
    Optional<String> retryOf) {

  /** Throws {@link IllegalArgumentException} naming the field and the rule. */
  public RunRequest {
    id.ifPresent(Ids::requireValid);
    Requests.requirePresent("image", image);
    image = Reference.parse(image).toString();
    name.ifPresent(value -> Requests.requireName("name", value));
    hostname.ifPresent(Requests::requireHostname);
    env = Requests.copy(env);
    env.forEach(Requests::requireVariable);
    command = Requests.copy(command);
    command.forEach(word -> Requests.requireNoNul("command", word));
    ports = Requests.copy(ports);
    ipAddress.ifPresent(Requests::requireIpAddress);
    Requests.requireBetween("cpu", cpu, 1, 32);
    Requests.requireBetween("mem", mem, 64, 1 << 20);
    kernel.ifPresent(value -> Requests.requireName("kernel", value));
    authorizedKeys = Requests.copy(authorizedKeys);
    authorizedKeys.forEach(Requests::requirePublicKey);
  }

  /** A request for {@code image} as it is, by a name or none. */
  public static RunRequest of(String image, Optional<String> name, boolean remove) {
    return new RunRequest(
        Optional.empty(),
        image,
        name,
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        remove,
        Optional.empty());
  }

  /** The same request under {@code id}. */
  public RunRequest withId(String id) {
    return new RunRequest(
        Optional.of(id),
        image,
        name,
        hostname,
        env,
        command,
        ports,
        ipAddress,
        cpu,
        mem,
        kernel,
        sshUser,
        authorizedKeys,
        remove,
        retryOf);
  }

  /** The same request under {@code id}, as a repetition of the request {@code of}. */
  public RunRequest retrying(String of, String id) {
    return new RunRequest(
        Optional.of(id),
        image,
        name,
        hostname,
        env,
        command,
        ports,
        ipAddress,
        cpu,
        mem,
        kernel,
        sshUser,
        authorizedKeys,
        remove,
        Optional.of(of));
  }
}
