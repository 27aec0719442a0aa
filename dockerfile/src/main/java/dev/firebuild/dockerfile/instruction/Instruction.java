package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.HealthCheck;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An instruction with its parts told apart. Variables are not expanded and quotes not removed yet,
 * both need the variables in effect.
 *
 * @see <a href="https://docs.docker.com/reference/dockerfile/">Dockerfile reference</a>
 */
public sealed interface Instruction {
  /** The instruction's name in upper case. */
  default String keyword() {
    return getClass().getSimpleName().toUpperCase(Locale.ROOT);
  }

  /**
   * Begins a stage.
   *
   * @param image the base as written
   * @param name behind AS, in lower case
   * @param platform of {@code --platform}, as written
   */
  record From(String image, Optional<String> name, Optional<String> platform)
      implements Instruction {}

  /** Declares build arguments. */
  record Arg(List<Argument> arguments) implements Instruction {
    public Arg {
      arguments = List.copyOf(arguments);
    }
  }

  /** Sets environment variables. */
  record Env(List<NameValue> pairs) implements Instruction {
    public Env {
      pairs = List.copyOf(pairs);
    }
  }

  /** Sets labels. */
  record Label(List<NameValue> pairs) implements Instruction {
    public Label {
      pairs = List.copyOf(pairs);
    }
  }

  /** Names the author; deprecated in favour of labels. */
  record Maintainer(String author) implements Instruction {}

  /**
   * Runs a program.
   *
   * @param mounts the values of {@code --mount}; they can hold variables
   * @param devices the values of {@code --device}
   */
  record Run(
      CommandLine command,
      List<String> mounts,
      NetworkMode network,
      SecurityMode security,
      List<String> devices)
      implements Instruction {
    public Run {
      mounts = List.copyOf(mounts);
      devices = List.copyOf(devices);
    }
  }

  /** The command that is run by default, or its arguments if there is an entry point. */
  record Cmd(CommandLine command) implements Instruction {}

  /** The program that is always run. */
  record Entrypoint(CommandLine command) implements Instruction {}

  /**
   * Copies files of the context, a stage or an image.
   *
   * @param from the value of {@code --from}
   */
  record Copy(
      List<String> sources,
      List<Document> documents,
      String destination,
      Optional<String> from,
      Optional<String> chown,
      Optional<String> chmod,
      boolean link,
      boolean parents,
      List<String> exclude)
      implements Instruction {
    public Copy {
      sources = List.copyOf(sources);
      documents = List.copyOf(documents);
      exclude = List.copyOf(exclude);
    }
  }

  /** Copies files of the context, extracts its archives, fetches files and repositories. */
  record Add(
      List<String> sources,
      List<Document> documents,
      String destination,
      Optional<String> chown,
      Optional<String> chmod,
      boolean link,
      List<String> exclude,
      Optional<String> checksum,
      Optional<Boolean> keepGitDir,
      Optional<Boolean> unpack)
      implements Instruction {
    public Add {
      sources = List.copyOf(sources);
      documents = List.copyOf(documents);
      exclude = List.copyOf(exclude);
    }
  }

  /** Changes the working directory, and makes it. */
  record Workdir(String path) implements Instruction {}

  /** Changes the user. */
  record User(String user) implements Instruction {}

  /** Names ports; each word may expand to several. */
  record Expose(List<String> ports) implements Instruction {
    public Expose {
      ports = List.copyOf(ports);
    }
  }

  /** Names directories that hold data. */
  record Volume(List<String> paths) implements Instruction {
    public Volume {
      paths = List.copyOf(paths);
    }
  }

  /** The signal that ends the container. */
  record StopSignal(String signal) implements Instruction {}

  /** How to find out whether the container is well. */
  record Healthcheck(HealthCheck check) implements Instruction {}

  /** What runs the shell forms from here on. */
  record Shell(List<String> arguments) implements Instruction {
    public Shell {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * An instruction for stages that continue this one.
   *
   * @param trigger its text, heredocs included
   */
  record OnBuild(String trigger) implements Instruction {}
}
