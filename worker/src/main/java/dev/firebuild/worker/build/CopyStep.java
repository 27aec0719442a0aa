package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.pattern.PatternException;
import dev.firebuild.dockerfile.pattern.SourcePattern;
import dev.firebuild.dockerfile.plan.FileMode;
import dev.firebuild.dockerfile.plan.Step;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.build.GuestFiles.Kind;
import dev.firebuild.worker.build.GuestFiles.RefusedException;
import dev.firebuild.worker.build.GuestFiles.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** COPY of files of a stage or an image, whose layers are drives of this VM: inside the guest. */
final class CopyStep {
  private static final int TYPE_MASK = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int MODE_MASK = 07777;

  private final StepContext context;
  private final PreparedStep step;
  private final Step.Copy copy;
  private final GuestFiles files;

  private CopyStep(StepContext context, PreparedStep step, Step.Copy copy) {
    this.context = context;
    this.step = step;
    this.copy = copy;
    this.files = context.vm().files();
  }

  static void execute(StepContext context, PreparedStep step, Step.Copy copy)
      throws IOException, BuildFailedException {
    try {
      new CopyStep(context, step, copy).execute();
    } catch (RefusedException e) {
      throw context.refused(step.planned(), e);
    }
  }

  private void execute() throws IOException, RefusedException, BuildFailedException {
    String root = context.mount(copy.from());
    String owner = Owners.inGuest(files, copy.chown());
    String directoryMode = Integer.toOctalString(PutStep.directoryMode(copy.chmod()));
    for (String pattern : copy.sources()) {
      List<String> paths = paths(root, pattern);
      List<Source> sources = files.sources(root, paths);
      for (int i = 0; i < paths.size(); i++) {
        Source source = sources.get(i);
        if (source.kind() == Kind.MISSING) {
          throw BuildFailedException.at(
              step.planned(),
              FailureCode.STEP_FAILED,
              "%s: %s is not there".formatted(step.planned().name(), Text.quote(paths.get(i))));
        }
        files.call(
            "copy",
            copy.destination(),
            owner,
            directoryMode,
            changes(root, source),
            root,
            source.path(),
            paths.get(i).substring(paths.get(i).lastIndexOf('/') + 1));
      }
    }
  }

  /** The paths that a source means; links in them are not followed yet. */
  private List<String> paths(String root, String source)
      throws IOException, RefusedException, BuildFailedException {
    SourcePattern pattern;
    try {
      pattern = SourcePattern.parse(source);
    } catch (PatternException e) {
      throw BuildFailedException.at(
          step.planned(), FailureCode.DOCKERFILE, String.valueOf(e.getMessage()));
    }
    if (pattern.literal().isPresent()) {
      return List.of(pattern.literal().get());
    }
    String prefix = pattern.directory().equals("/") ? "/" : pattern.directory() + "/";
    int depth =
        (int) source.substring(pattern.directory().length()).chars().filter(c -> c == '/').count()
            + 1;
    List<String> matches = new ArrayList<>();
    String inside = "\0";
    for (String name : sorted(files.list(root, pattern.directory(), depth))) {
      if (!name.startsWith(inside) && pattern.matches(name)) {
        matches.add(prefix + name);
        inside = name + "/";
      }
    }
    return matches;
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted(dev.firebuild.worker.source.ContextIndex::comparePaths).toList();
  }

  /** What {@code --chmod} makes of each mode that occurs, in the script's words. */
  private String changes(String root, Source source) throws IOException, RefusedException {
    Optional<FileMode> chmod = copy.chmod();
    if (chmod.isEmpty()) {
      return "";
    }
    List<String> changes = new ArrayList<>();
    for (int stat : files.modes(root, source.path())) {
      boolean directory = (stat & TYPE_MASK) == DIRECTORY;
      int old = stat & MODE_MASK;
      int changed = SymbolicMode.apply(chmod.get(), old, directory);
      changes.add("%s:%o=%o".formatted(directory ? "d" : "f", old, changed));
    }
    return String.join(" ", changes);
  }
}
