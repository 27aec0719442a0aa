package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.instruction.NetworkMode;
import dev.firebuild.dockerfile.instruction.SecurityMode;
import java.util.List;
import java.util.Optional;

/**
 * One thing to do, with variables expanded and paths resolved. Everything in the Dockerfile and in
 * the options of the build that decides its result is in its value, and nothing else: equal steps
 * on equal files give equal files.
 */
public sealed interface Step {
  /** Whether it touches the file system of the stage; if not, it only shapes the configuration. */
  boolean changesFiles();

  /** All places that it takes files from. */
  List<FilesFrom> filesFrom();

  /**
   * Runs a program.
   *
   * @param arguments the program and its arguments; of the shell form with the shell in front
   * @param environment {@code NAME=value} of ENV and ARG in effect, names are unique; neither HOME
   *     nor proxy settings unless the Dockerfile sets them
   * @param user as in USER; empty for root
   * @param workingDirectory absolute
   * @param files shown to this step only, read-only, at absolute paths
   */
  record Run(
      List<String> arguments,
      List<String> environment,
      String user,
      String workingDirectory,
      List<Mount> mounts,
      List<InlineFile> files,
      NetworkMode network,
      SecurityMode security,
      List<String> devices)
      implements Step {
    public Run {
      arguments = List.copyOf(arguments);
      environment = List.copyOf(environment);
      mounts = List.copyOf(mounts);
      files = List.copyOf(files);
      devices = List.copyOf(devices);
    }

    @Override
    public boolean changesFiles() {
      return true;
    }

    @Override
    public List<FilesFrom> filesFrom() {
      return mounts.stream()
          .<FilesFrom>mapMulti((mount, sink) -> {
            switch (mount) {
              case Mount.Bind bind -> sink.accept(bind.from());
              case Mount.Cache cache -> sink.accept(cache.from());
              case Mount.Tmpfs _, Mount.Secret _, Mount.Ssh _ -> {}
            }
          })
          .toList();
    }
  }

  /**
   * Copies files.
   *
   * @param sources absolute below the root of {@code from}, without a slash at the end; may have
   *     wildcards, see {@link dev.firebuild.dockerfile.pattern.SourcePattern}. With {@code
   *     parents}, {@code /./} marks where the kept part of the path begins
   * @param inlineFiles copied behind the sources
   * @param destination absolute; a slash at its end says that it is a directory
   * @param link whether the files are laid over the image without looking at it
   * @param exclude patterns of what is left out, as in {@code .dockerignore}
   */
  record Copy(
      FilesFrom from,
      List<String> sources,
      List<InlineFile> inlineFiles,
      String destination,
      Optional<Owner> chown,
      Optional<FileMode> chmod,
      boolean link,
      boolean parents,
      List<String> exclude)
      implements Step {
    public Copy {
      sources = List.copyOf(sources);
      inlineFiles = List.copyOf(inlineFiles);
      exclude = List.copyOf(exclude);
    }

    @Override
    public boolean changesFiles() {
      return true;
    }

    @Override
    public List<FilesFrom> filesFrom() {
      return List.of(from);
    }
  }

  /**
   * Copies files of the context, or fetches them.
   *
   * @param inlineFiles copied behind the sources
   * @param destination absolute; a slash at its end says that it is a directory
   * @param link whether the files are laid over the image without looking at it
   * @param exclude patterns of what is left out, as in {@code .dockerignore}
   * @param checksum what a fetched source must have
   * @param keepGitDir whether {@code .git} of a repository stays; absent if not said
   * @param unpack whether archives are extracted; if absent, those of the context are, fetched ones
   *     are not
   */
  record Add(
      List<AddSource> sources,
      List<InlineFile> inlineFiles,
      String destination,
      Optional<Owner> chown,
      Optional<FileMode> chmod,
      boolean link,
      List<String> exclude,
      Optional<String> checksum,
      Optional<Boolean> keepGitDir,
      Optional<Boolean> unpack)
      implements Step {
    public Add {
      sources = List.copyOf(sources);
      inlineFiles = List.copyOf(inlineFiles);
      exclude = List.copyOf(exclude);
    }

    @Override
    public boolean changesFiles() {
      return true;
    }

    @Override
    public List<FilesFrom> filesFrom() {
      return List.of(new FilesFrom.Context());
    }
  }

  /**
   * Makes a directory and what lacks of its parents, mode 0755; one that is there stays as it is.
   *
   * @param path absolute, in its shortest form
   * @param user whose it is, as in USER; empty for root, and so is an unknown one
   */
  record Workdir(String path, String user) implements Step {
    @Override
    public boolean changesFiles() {
      return !path.equals("/");
    }

    @Override
    public List<FilesFrom> filesFrom() {
      return List.of();
    }
  }

  /**
   * An instruction that only shapes the configuration; what it did is in {@link
   * PlannedStage#config()} and in the steps behind it.
   *
   * @param keyword in upper case
   */
  record Metadata(String keyword) implements Step {
    @Override
    public boolean changesFiles() {
      return false;
    }

    @Override
    public List<FilesFrom> filesFrom() {
      return List.of();
    }
  }
}
