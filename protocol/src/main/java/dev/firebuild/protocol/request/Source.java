package dev.firebuild.protocol.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.firebuild.protocol.Digest;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a build gets its Dockerfile and context from; in JSON an object with exactly one of the
 * fields {@code dockerfile}, {@code context}, {@code rootfs}, {@code kernel}, {@code url}, {@code
 * git}.
 */
public sealed interface Source {
  /** The Dockerfile's text itself, at most 256 KiB of UTF-8; the context is empty. */
  record Inline(String dockerfile) implements Source {}

  /**
   * An uploaded context.
   *
   * @param context digest of a tar, uploaded as a blob
   * @param file the Dockerfile's path in it, {@code Dockerfile} if absent
   */
  record Context(Digest context, Optional<String> file) implements Source {}

  /** A root file system to be imported as an image of one layer: digest of a tar. */
  record Rootfs(Digest rootfs) implements Source {}

  /** A kernel to be imported: digest of a Debian kernel package, a tar or an ELF. */
  record Kernel(Digest kernel) implements Source {}

  /** A Dockerfile at an http(s) address. */
  record Url(String url) implements Source {}

  /** A Dockerfile in a git repository. */
  record Git(String git) implements Source {}

  /** The upload that the build needs, if it needs one. */
  default Optional<Digest> blob() {
    return switch (this) {
      case Context(Digest context, Optional<String> _) -> Optional.of(context);
      case Rootfs(Digest rootfs) -> Optional.of(rootfs);
      case Kernel(Digest kernel) -> Optional.of(kernel);
      case Inline _, Url _, Git _ -> Optional.empty();
    };
  }

  /**
   * Reads the JSON form; throws {@link IllegalArgumentException} unless exactly one kind is given.
   */
  @JsonCreator
  static Source of(
      @JsonProperty("dockerfile") Optional<String> dockerfile,
      @JsonProperty("context") Optional<Digest> context,
      @JsonProperty("file") Optional<String> file,
      @JsonProperty("rootfs") Optional<Digest> rootfs,
      @JsonProperty("kernel") Optional<Digest> kernel,
      @JsonProperty("url") Optional<String> url,
      @JsonProperty("git") Optional<String> git) {
    var given =
        Stream.of(
                dockerfile.map(Inline::new),
                context.map(digest -> new Context(digest, file)),
                rootfs.map(Rootfs::new),
                kernel.map(Kernel::new),
                url.map(Url::new),
                git.map(Git::new))
            .<Source>mapMulti((source, sink) -> source.ifPresent(sink))
            .toList();
    if (given.size() != 1) {
      throw new IllegalArgumentException(
          "source: give exactly one of dockerfile, context, rootfs, kernel, url, git (found %d)"
              .formatted(given.size()));
    }
    return given.getFirst();
  }
}
