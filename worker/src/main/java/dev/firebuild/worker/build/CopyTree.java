package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FileMode;
import dev.firebuild.dockerfile.plan.InlineFile;
import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.source.ContextEntry;
import dev.firebuild.worker.source.ContextEntry.Kind;
import dev.firebuild.worker.source.ContextIndex;
import dev.firebuild.worker.source.SourceException;
import dev.firebuild.worker.source.SourceSelection;
import dev.firebuild.worker.source.SourceSelection.Selected;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What COPY or ADD puts below its destination, if that is a directory: all sources laid over each
 * other in their order. Parents come before what is in them.
 *
 * @param nodes by path relative to the destination; the destination itself is not among them
 * @param shape what comes, for the case that the destination is no directory
 * @param lastName of the last source that is no directory; it wins where the destination is a name
 * @param singles paths of the sources of the context that are no directories
 */
record CopyTree(Map<String, Node> nodes, Shape shape, String lastName, List<String> singles) {

  /** What comes, in the words of the guest's script. */
  enum Shape {
    /** No source matched: nothing happens at all. */
    NOTHING("nothing"),
    /** A directory is the first source, so the destination becomes one. */
    DIRECTORY("directory"),
    /** No source is a directory. */
    FILES("files"),
    /** A directory follows something else, which needs the destination to be a directory before. */
    MIXED("mixed");

    private final String word;

    Shape(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /**
   * One file, directory or other thing.
   *
   * @param path relative to the destination
   * @param mode as it shall be
   * @param mtime seconds since 1970; never part of a key
   * @param content of a file
   * @param identity equal for names of one file
   * @param attributes extended attributes
   */
  record Node(
      String path,
      Kind kind,
      int mode,
      long size,
      String link,
      int major,
      int minor,
      long mtime,
      Content content,
      String identity,
      SortedMap<String, String> attributes) {}

  /** Where a file's content is. */
  sealed interface Content {
    /** Not a file. */
    record None() implements Content {}

    /**
     * In the context's archive.
     *
     * @param sha256 in hexadecimal
     */
    record InContext(long offset, String sha256) implements Content {}

    /** In the Dockerfile. */
    record Inline(String text) implements Content {}
  }

  /**
   * Collects what the sources mean.
   *
   * @param sources absolute below the root of the context
   */
  static CopyTree of(
      ContextIndex context,
      List<String> sources,
      List<InlineFile> inlineFiles,
      Optional<FileMode> chmod)
      throws SourceException {
    Collector collector = new Collector(context, chmod);
    for (String source : sources) {
      for (Selected selected : SourceSelection.select(context, source)) {
        collector.add(selected);
      }
    }
    for (InlineFile file : inlineFiles) {
      collector.add(file);
    }
    return collector.tree();
  }

  private static final class Collector {
    private final ContextIndex context;
    private final Optional<FileMode> chmod;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private Shape shape = Shape.NOTHING;
    private String lastName = "";
    private final List<String> singles = new ArrayList<>();
    private int sources;

    private Collector(ContextIndex context, Optional<FileMode> chmod) {
      this.context = context;
      this.chmod = chmod;
    }

    private void add(Selected selected) throws SourceException {
      sources++;
      switch (selected) {
        case Selected.Content(String path) -> {
          shape =
              switch (shape) {
                case NOTHING, DIRECTORY -> Shape.DIRECTORY;
                case FILES, MIXED -> Shape.MIXED;
              };
          int skip = path.isEmpty() ? 0 : path.length() + 1;
          for (ContextEntry entry : context.below(path)) {
            put(node(entry.path().substring(skip), entry));
          }
        }
        case Selected.Single(String name, ContextEntry entry) -> {
          addedFile(name);
          singles.add(name);
          put(node(name, entry));
        }
      }
    }

    private void add(InlineFile file) throws SourceException {
      sources++;
      addedFile(file.name());
      put(
          new Node(
              file.name(),
              Kind.FILE,
              mode(file.mode(), false),
              file.content().getBytes(StandardCharsets.UTF_8).length,
              "",
              0,
              0,
              InputDrive.MTIME,
              new Content.Inline(file.content()),
              sources + ":",
              Collections.emptySortedMap()));
    }

    private void addedFile(String name) {
      lastName = name;
      if (shape == Shape.NOTHING) {
        shape = Shape.FILES;
      }
    }

    private void put(Node node) throws SourceException {
      Node old = nodes.put(node.path(), node);
      if (old == null || (old.kind() == Kind.DIRECTORY) == (node.kind() == Kind.DIRECTORY)) {
        return;
      }
      throw new SourceException(
          FailureCode.DOCKERFILE,
          node.kind() == Kind.DIRECTORY
              ? "cannot copy to non-directory: " + Text.quote(node.path())
              : "cannot replace the directory %s with a file".formatted(Text.quote(node.path())));
    }

    private Node node(String path, ContextEntry entry) {
      return new Node(
          path,
          entry.kind(),
          mode(entry.mode(), entry.isDirectory()),
          entry.size(),
          entry.link(),
          entry.major(),
          entry.minor(),
          entry.mtime(),
          entry.kind() == Kind.FILE
              ? new Content.InContext(entry.offset(), entry.content())
              : new Content.None(),
          // Hard links are kept among what one source brings, not between sources.
          sources + ":" + entry.identity(),
          entry.attributes());
    }

    private int mode(int mode, boolean directory) {
      return chmod.map(change -> SymbolicMode.apply(change, mode, directory)).orElse(mode);
    }

    private CopyTree tree() {
      return new CopyTree(nodes, shape, lastName, singles);
    }
  }
}
