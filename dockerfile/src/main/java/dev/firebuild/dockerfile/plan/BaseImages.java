package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.ImageConfig;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The images that are there to build on and to copy from. */
@FunctionalInterface
public interface BaseImages {
  /**
   * The configuration of an image.
   *
   * @param reference as written in the Dockerfile, variables expanded: {@code debian}, {@code
   *     registry.example/team/app:1}
   * @return empty if there is no such image, which makes the plan fail with the line that names it
   */
  Optional<ImageConfig> find(String reference);

  /** References of the images that there are, to suggest one; empty if nobody knows them. */
  default Collection<String> references() {
    return List.of();
  }
}
