package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.text.Suggestion;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The images of a plan, each asked for once. Without {@link BaseImages} every image exists and
 * nothing is known about it.
 */
final class ImageConfigs {
  private final Optional<BaseImages> images;
  private final Map<String, Optional<ImageConfig>> found = new HashMap<>();

  ImageConfigs(Optional<BaseImages> images) {
    this.images = images;
  }

  /** Whether there is nobody to ask. */
  boolean unknown() {
    return images.isEmpty();
  }

  /** Refuses a reference that no image can have. */
  void checkName(String reference, InstructionText text) throws DockerfileException {
    try {
      ImageName.check(reference);
    } catch (IllegalArgumentException e) {
      throw text.error(
          Phase.PLAN,
          "failed to parse stage name \"%s\": %s".formatted(reference, e.getMessage()),
          reference);
    }
  }

  private static String absence(String reference, Collection<String> known) {
    return "%s: there is no stage and no image of that name%s; `firebuild images` lists the images, `firebuild image import %s FILE` brings one"
        .formatted(reference, Suggestion.forReference(reference, known), reference);
  }

  /**
   * The configuration of an image.
   *
   * @param text of the instruction that names it
   * @throws DockerfileException if there is no such image
   */
  ImageConfig get(String reference, InstructionText text) throws DockerfileException {
    if (images.isEmpty()) {
      return ImageConfig.EMPTY;
    }
    return found
        .computeIfAbsent(reference, images.get()::find)
        .orElseThrow(
            () -> text.error(Phase.PLAN, absence(reference, images.get().references()), reference));
  }
}
