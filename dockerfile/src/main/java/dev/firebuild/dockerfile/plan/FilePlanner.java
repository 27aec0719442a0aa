package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Document;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.pattern.Paths;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Plans COPY and ADD. */
final class FilePlanner {
  private static final int DOCUMENT_MODE = 0644;
  private static final Pattern CHECKSUM =
      Pattern.compile("(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})");

  private final InstructionText text;
  private final StageState state;
  private final Expansion expansion;

  FilePlanner(InstructionText text, StageState state, Expansion expansion) {
    this.text = text;
    this.state = state;
    this.expansion = expansion;
  }

  Step.Copy copy(Instruction.Copy copy, FilesFrom from) throws DockerfileException {
    Optional<String> chown = expansion.expand(copy.chown());
    Optional<String> chmod = expansion.expand(copy.chmod());
    List<String> sources = new ArrayList<>();
    for (String word : copy.sources()) {
      String source = expansion.expand(word);
      if (GitSource.isGit(source)) {
        throw error("source can't be a git ref for COPY: use ADD", word);
      }
      if (GitSource.isHttp(source)) {
        throw error("source can't be a URL for COPY: use ADD", word);
      }
      sources.add(copy.parents() ? pivoted(source) : Paths.clean("/" + source));
    }
    return new Step.Copy(
        from,
        sources,
        documents(copy.documents()),
        destination(copy.destination()),
        owner(chown, copy.link() && chmod.isEmpty()),
        mode(chmod),
        copy.link(),
        copy.parents(),
        copy.exclude());
  }

  Step.Add add(Instruction.Add add) throws DockerfileException {
    Optional<String> chown = expansion.expand(add.chown());
    Optional<String> chmod = expansion.expand(add.chmod());
    Optional<String> checksum = expansion.expand(add.checksum());
    List<AddSource> sources = new ArrayList<>();
    for (String word : add.sources()) {
      sources.add(source(expansion.expand(word)));
    }
    if (checksum.isPresent()) {
      checkChecksum(checksum.get(), sources);
    }
    return new Step.Add(
        sources,
        documents(add.documents()),
        destination(add.destination()),
        owner(chown, add.link() && chmod.isEmpty()),
        mode(chmod),
        add.link(),
        add.exclude(),
        checksum,
        add.keepGitDir(),
        add.unpack());
  }

  private static AddSource source(String source) {
    if (GitSource.isGit(source)) {
      return new AddSource.Git(source);
    }
    return GitSource.isHttp(source)
        ? new AddSource.Http(source, GitSource.fileName(source))
        : new AddSource.Local(Paths.clean("/" + source));
  }

  private void checkChecksum(String checksum, List<AddSource> sources) throws DockerfileException {
    if (sources.size() != 1) {
      throw error("checksum can't be specified for multiple sources", "--checksum");
    }
    switch (sources.getFirst()) {
      case AddSource.Local _ ->
          throw error("checksum requires HTTP(S) or Git sources", "--checksum");
      case AddSource.Http _ -> {
        if (!CHECKSUM.matcher(checksum).matches()) {
          throw error("--checksum=%s is no digest: sha256:…".formatted(checksum), "--checksum");
        }
      }
      case AddSource.Git _ -> {}
    }
  }

  /** The path with exactly one {@code /./}, behind which it is kept. */
  private static String pivoted(String source) {
    int pivot = source.indexOf("/./");
    String dropped = pivot < 0 ? "" : source.substring(0, pivot);
    String kept = pivot < 0 ? source : source.substring(pivot + 3);
    String start = Paths.clean("/" + dropped);
    return (start.equals("/") ? "" : start) + "/." + Paths.clean("/" + kept);
  }

  private String destination(String word) throws DockerfileException {
    String written = expansion.expand(word);
    String path = Paths.resolve(state.directory(), written);
    boolean directory =
        written.isEmpty() || written.equals(".") || written.endsWith("/") || written.endsWith("/.");
    return directory && !path.equals("/") ? path + "/" : path;
  }

  private List<InlineFile> documents(List<Document> documents) throws DockerfileException {
    List<InlineFile> files = new ArrayList<>();
    for (Document document : documents) {
      if (document.name().contains("/") || document.name().matches("\\.\\.?")) {
        throw error("the name of a document can't be a path: " + document.name(), document.name());
      }
      String content =
          document.expand() ? expansion.expandDocument(document.content()) : document.content();
      files.add(new InlineFile(document.name(), DOCUMENT_MODE, content));
    }
    return files;
  }

  private Optional<Owner> owner(Optional<String> chown, boolean blind) throws DockerfileException {
    Optional<Owner> owner = chown.map(Owner::parse);
    if (owner.isPresent() && !owner.get().numeric()) {
      if (blind) {
        throw error(
            ("--chown=%s: user and group names can't be resolved when used with --link,"
                    + " use numeric uid[:gid] instead")
                .formatted(chown.get()),
            "--chown");
      }
      if (state.treeEmpty()) {
        throw error(
            "--chown=%s: there is no /etc/passwd to find names in; use numbers"
                .formatted(chown.get()),
            "--chown");
      }
    }
    return owner;
  }

  private Optional<FileMode> mode(Optional<String> chmod) throws DockerfileException {
    try {
      return chmod.map(FileMode::parse);
    } catch (IllegalArgumentException e) {
      throw error(String.valueOf(e.getMessage()), "--chmod");
    }
  }

  private DockerfileException error(String message, String culprit) {
    return text.error(Phase.PLAN, message, culprit);
  }
}
