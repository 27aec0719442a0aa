package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FileMode;
import dev.firebuild.dockerfile.plan.InlineFile;
import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.worker.build.CopyTree.Content;
import dev.firebuild.worker.build.CopyTree.Node;
import dev.firebuild.worker.guest.GuestAbi;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.image.Manifest.Layer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Under which keys results of steps are found again. A key holds all that decides the result: the
 * result before it, the step itself, the bytes, modes, names and extended attributes of the files
 * it takes, what it is executed by. Times are never part of it.
 */
final class StepKeys {
  /** Another one when guests execute steps differently: old results are not found any more. */
  static final String GUEST_ABI = GuestAbi.of(new GuestScripts(List.of(GuestFiles.SCRIPT)));

  private final String platform;

  StepKeys(String platform) {
    this.platform = platform;
  }

  /** The result that an image is. */
  static String imageResult(List<Layer> layers) {
    KeyHasher hasher = new KeyHasher("image");
    layers.forEach(layer -> hasher.add(layer.digest().value()));
    return hasher.key();
  }

  String run(String parent, Step.Run run) {
    KeyHasher hasher =
        begin(parent, "run")
            .addAll(run.arguments())
            .addAll(run.environment())
            .add(run.user())
            .add(run.workingDirectory())
            .add(run.network().name())
            .add(run.security().name())
            .addAll(run.devices());
    run.files().forEach(file -> add(hasher, file));
    return hasher.key();
  }

  String workdir(String parent, Step.Workdir workdir) {
    return begin(parent, "workdir").add(workdir.path()).add(workdir.user()).key();
  }

  /**
   * Files of the context.
   *
   * @param tree what the sources mean, modes already changed
   */
  String put(
      String parent, CopyTree tree, String destination, Optional<Owner> owner, int directoryMode) {
    KeyHasher hasher =
        begin(parent, "put")
            .add(destination)
            .add(owner.map(Owner::user))
            .add(owner.flatMap(Owner::group))
            .add(directoryMode)
            .add(tree.shape().word())
            .add(tree.lastName());
    Map<String, String> names = new HashMap<>();
    for (Node node : tree.nodes().values()) {
      hasher
          .add(node.path())
          .add(node.kind().name())
          .add(node.mode())
          .add(node.link())
          .add(node.major())
          .add(node.minor())
          .addAll(node.attributes().keySet())
          .addAll(node.attributes().values());
      switch (node.content()) {
        case Content.None _ -> hasher.add("none");
        case Content.InContext(long _, String sha256) -> hasher.add("file").add(sha256);
        case Content.Inline(String text) -> hasher.add("inline").add(text);
      }
      String first = names.putIfAbsent(node.identity(), node.path());
      hasher.add(Optional.ofNullable(first));
    }
    return hasher.key();
  }

  /**
   * Files of a stage or an image.
   *
   * @param source result that they come from
   */
  String copy(String parent, Step.Copy copy, String source) {
    KeyHasher hasher =
        begin(parent, "copy")
            .add(source)
            .addAll(copy.sources())
            .add(copy.destination())
            .add(copy.chown().map(Owner::user))
            .add(copy.chown().flatMap(Owner::group))
            .add(copy.chmod().map(StepKeys::text));
    copy.inlineFiles().forEach(file -> add(hasher, file));
    return hasher.key();
  }

  private static void add(KeyHasher hasher, InlineFile file) {
    hasher.add(file.name()).add(file.mode()).add(file.content());
  }

  private static String text(FileMode mode) {
    return switch (mode) {
      case FileMode.Octal(int bits) -> Integer.toOctalString(bits);
      case FileMode.Symbolic(String changes) -> changes;
    };
  }

  private KeyHasher begin(String parent, String kind) {
    return new KeyHasher("step").add(GUEST_ABI).add(platform).add(parent).add(kind);
  }
}
