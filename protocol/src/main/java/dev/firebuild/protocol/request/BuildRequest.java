package dev.firebuild.protocol.request;

import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.Reference;
import java.util.Map;
import java.util.Optional;

/**
 * A build that is asked for: the value of a record of the build request topic, and the body of
 * {@code POST /v1/builds}.
 *
 * @param id the build's id; absent: drawn by the coordinator, or derived from the record's place
 * @param tag the reference that the image gets; for a kernel source, the kernel's name
 * @param target the stage to build, by name; absent: the last one
 * @param buildArgs values for ARG
 * @param labels added to the image's labels
 * @param noCache execute every step
 * @param timeoutSeconds the build fails after this time; absent: the worker's default
 * @param cpu virtual CPUs of the build VMs; absent: the worker's default
 * @param mem memory of the build VMs in MiB; absent: the worker's default
 * @param kernel name of the kernel to boot; absent: the default kernel
 * @param retryOf the id of the dead or failed request that this one repeats
 */
public record BuildRequest(
    Optional<String> id,
    String tag,
    Source source,
    Optional<String> target,
    Map<String, String> buildArgs,
    Map<String, String> labels,
    boolean noCache,
    Optional<Integer> timeoutSeconds,
    Optional<Integer> cpu,
    Optional<Integer> mem,
    Optional<String> kernel,
    Optional<String> retryOf) {

  /** Throws {@link IllegalArgumentException} naming the field and the rule. */
  public BuildRequest {
    id.ifPresent(Ids::requireValid);
    Requests.requirePresent("tag", tag);
    Requests.requirePresent("source", source);
    if (source instanceof Source.Kernel) {
      Requests.requireName("tag", tag);
    } else {
      tag = Reference.parse(tag).toString();
    }
    buildArgs = Requests.copy(buildArgs);
    buildArgs.forEach((name, value) -> {
      Requests.requireNoNul("buildArgs", name);
      Requests.requireNoNul("buildArgs", value);
    });
    labels = Requests.copy(labels);
    Requests.requireBetween("timeoutSeconds", timeoutSeconds, 1, 7 * 24 * 3600);
    Requests.requireBetween("cpu", cpu, 1, 32);
    Requests.requireBetween("mem", mem, 64, 1 << 20);
    kernel.ifPresent(name -> Requests.requireName("kernel", name));
    if (source instanceof Source.Inline(String dockerfile)
        && dockerfile.length() > Requests.INLINE_LIMIT) {
      throw new IllegalArgumentException(
          "source.dockerfile: at most 256 KiB may be inline; upload a context instead");
    }
  }

  /** A request for {@code tag} that says nothing but where to build it from. */
  public static BuildRequest of(String tag, Source source) {
    return new BuildRequest(
        Optional.empty(),
        tag,
        source,
        Optional.empty(),
        Map.of(),
        Map.of(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same request under {@code id}. */
  public BuildRequest withId(String id) {
    Optional<String> wanted = Optional.of(id);
    if (wanted.equals(this.id)) {
      return this;
    }
    return new BuildRequest(
        wanted,
        tag,
        source,
        target,
        buildArgs,
        labels,
        noCache,
        timeoutSeconds,
        cpu,
        mem,
        kernel,
        retryOf);
  }

  /** The same request under {@code id}, as a repetition of the request {@code of}. */
  public BuildRequest retrying(String of, String id) {
    return new BuildRequest(
        Optional.of(id),
        tag,
        source,
        target,
        buildArgs,
        labels,
        noCache,
        timeoutSeconds,
        cpu,
        mem,
        kernel,
        Optional.of(of));
  }
}
