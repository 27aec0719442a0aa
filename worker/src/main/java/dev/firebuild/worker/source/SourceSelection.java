package dev.firebuild.worker.source;

import dev.firebuild.dockerfile.pattern.PatternException;
import dev.firebuild.dockerfile.pattern.SourcePattern;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.event.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what the sources of COPY and ADD mean in a context, as BuildKit does. */
public final class SourceSelection {
  private SourceSelection() {}

  /** One thing that is copied; each is copied on its own, in order. */
  public sealed interface Selected {
    /**
     * The content of a directory.
     *
     * @param path of the directory, no link
     */
    record Content(String path) implements Selected {}

    /**
     * A file, or what else is no directory.
     *
     * @param name that it gets in a directory: the one that was asked for, also if that is a link
     * @param entry what is copied, no link
     */
    record Single(String name, ContextEntry entry) implements Selected {}
  }

  /**
   * Finds what {@code source} means; nothing if it has wildcards that match nothing.
   *
   * @param source absolute below the root of the context
   * @throws SourceException if it is not there
   */
  public static List<Selected> select(ContextIndex context, String source) throws SourceException {
    SourcePattern pattern;
    try {
      pattern = SourcePattern.parse(source);
    } catch (PatternException e) {
      throw new SourceException(FailureCode.DOCKERFILE, String.valueOf(e.getMessage()), e);
    }
    if (pattern.literal().isPresent()) {
      return List.of(selected(context, pattern.literal().get()));
    }
    List<Selected> selected = new ArrayList<>();
    for (String match : matches(context, pattern)) {
      selected.add(selected(context, match));
    }
    return selected;
  }

  private static List<String> matches(ContextIndex context, SourcePattern pattern) {
    Optional<String> directory = context.resolve(pattern.directory());
    if (directory.isEmpty()) {
      return List.of();
    }
    List<String> matches = new ArrayList<>();
    String prefix = directory.get().isEmpty() ? "" : directory.get() + "/";
    String inside = "";
    for (ContextEntry entry : context.below(directory.get())) {
      // What lies in a directory that matches comes with it.
      if (!inside.isEmpty() && entry.path().startsWith(inside)) {
        continue;
      }
      if (pattern.matches(entry.path().substring(prefix.length()))) {
        matches.add(entry.path());
        inside = entry.path() + "/";
      }
    }
    return matches;
  }

  private static Selected selected(ContextIndex context, String path) throws SourceException {
    ContextEntry entry =
        context
            .resolve(path)
            .flatMap(context::entry)
            .orElseThrow(() ->
                new SourceException(
                    FailureCode.DOCKERFILE,
                    "%s is not in the context; a .dockerignore may leave it out"
                        .formatted(Text.quote(path))));
    if (entry.isDirectory()) {
      return new Selected.Content(entry.path());
    }
    return new Selected.Single(path.substring(path.lastIndexOf('/') + 1), entry);
  }
}
