package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.dockerfile.stage.Stage;
import dev.firebuild.dockerfile.text.Suggestion;
import dev.firebuild.dockerfile.word.WordException;
import dev.firebuild.dockerfile.word.WordExpander;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The stages of a file with their bases, found by name or number. */
final class StageNames {
  /** The name of the empty image. */
  static final String SCRATCH = "scratch";

  private final List<StageNode> nodes = new ArrayList<>();
  private final Map<String, StageNode> byName = new HashMap<>();

  private StageNames() {}

  static StageNames of(
      Dockerfile dockerfile, PlanOptions options, GlobalArguments arguments, WordExpander expander)
      throws DockerfileException {
    StageNames names = new StageNames();
    for (Stage stage : dockerfile.stages()) {
      names.add(stage, options, arguments, expander);
    }
    return names;
  }

  private void add(
      Stage stage, PlanOptions options, GlobalArguments arguments, WordExpander expander)
      throws DockerfileException {
    String written = stage.from().image();
    String image = expand(stage, written, arguments, expander);
    if (image.isEmpty()) {
      throw stage
          .head()
          .text()
          .error(Phase.PLAN, "base name (%s) should not be blank".formatted(written), written);
    }
    StageNode node =
        new StageNode(stage, base(image), platform(stage, options, arguments, expander));
    nodes.add(node);
    // a FROM below finds the last stage of a name, --from and targets find the last of the file
    stage.from().name().ifPresent(name -> byName.put(name, node));
  }

  /** An earlier stage is found by its exact name only, which is in lower case. */
  private StageBase base(String image) {
    Optional<StageNode> earlier = Optional.ofNullable(byName.get(image));
    if (earlier.isPresent()) {
      return new StageBase.Stage(earlier.get().index());
    }
    return image.equals(SCRATCH) ? new StageBase.Scratch() : new StageBase.Image(image);
  }

  private static Optional<Platform> platform(
      Stage stage, PlanOptions options, GlobalArguments arguments, WordExpander expander)
      throws DockerfileException {
    Optional<String> written = stage.from().platform();
    if (written.isEmpty()) {
      return Optional.empty();
    }
    String text = expand(stage, written.get(), arguments, expander);
    if (text.isEmpty()) {
      throw platformError(stage, "empty platform value from expression " + written.get());
    }
    try {
      return Optional.of(Platform.parse(text, options.buildPlatform()));
    } catch (IllegalArgumentException e) {
      throw platformError(
          stage, "failed to parse platform %s: %s".formatted(written.get(), e.getMessage()));
    }
  }

  private static DockerfileException platformError(Stage stage, String message) {
    return stage.head().text().error(Phase.PLAN, message, "--platform");
  }

  private static String expand(
      Stage stage, String word, GlobalArguments arguments, WordExpander expander)
      throws DockerfileException {
    try {
      return expander.expand(word, arguments);
    } catch (WordException e) {
      throw stage.head().text().error(Phase.PLAN, e.getMessage(), word);
    }
  }

  List<StageNode> nodes() {
    return nodes;
  }

  /** The stage of that name in any case; of several the last of the file. */
  Optional<StageNode> find(String name) {
    return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The stage to build. */
  StageNode target(PlanOptions options) throws DockerfileException {
    if (options.target().isEmpty()) {
      return nodes.getLast();
    }
    String name = options.target().get();
    return find(name)
        .orElseThrow(() ->
            DockerfileException.nowhere(
                Phase.PLAN,
                "target stage \"%s\" could not be found%s"
                    .formatted(name, Suggestion.forWord(name, byName.keySet()))));
  }
}
