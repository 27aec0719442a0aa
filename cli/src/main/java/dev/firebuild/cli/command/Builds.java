package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.ApiException;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.cli.output.FailureReport;
import dev.firebuild.protocol.Ids;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.Problem;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Submits builds and shows them. */
final class Builds {
  private final CliContext context;
  private final ApiClient api;

  /** The detail's own position: it stands before it already, with the file's name. */
  private static final Pattern POSITION =
      Pattern.compile("^Dockerfile line \\d+(, column \\d+)?: ");

  Builds(CliContext context, ApiClient api) {
    this.context = context;
    this.api = api;
  }

  /** Builds {@code source}; returns the exit code. */
  int build(BuildSource source, ProgressMode mode, Function<Source, BuildRequest> request) {
    BuildRequest built = checked(() -> request.apply(send(source, mode)));
    return submit(built, mode, source.name(), source.lines());
  }

  /** Submits a request without a Dockerfile and shows the build; returns the exit code. */
  int submit(Supplier<BuildRequest> request, ProgressMode mode) {
    return submit(checked(request), mode, "", List.of());
  }

  private int submit(
      BuildRequest request, ProgressMode mode, String name, List<String> dockerfile) {
    Accepted accepted;
    try {
      accepted =
          api.post("/v1/builds", Optional.of(request), Optional.of(Ids.draw(new SecureRandom())));
    } catch (ApiException e) {
      throw new CliException(explain(e.problem(), name, dockerfile), e);
    }
    return new BuildFollower(context, api).follow(accepted, mode, name, dockerfile);
  }

  /** What the request itself forbids is the person's mistake. */
  private static BuildRequest checked(Supplier<BuildRequest> request) {
    try {
      return request.get();
    } catch (IllegalArgumentException e) {
      throw new CliException(CliException.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private Source send(BuildSource source, ProgressMode mode) {
    if (source.context().isEmpty()) {
      return source.inline();
    }
    BuildSource.Folder folder = source.context().get();
    try (TemporaryFile tar = TemporaryFile.create(".context");
        PackingProgress progress = PackingProgress.of(context, mode)) {
      Packing.Packed packed =
          context.packing().pack(folder.folder(), folder.dockerfile(), tar.path(), progress);
      progress.sending(packed.size());
      new Uploads(api).upload(packed.digest(), tar.path());
      return new Source.Context(packed.digest(), Optional.of(packed.dockerfile()));
    } catch (IOException e) {
      throw new CliException(
          "packing the context %s: %s".formatted(folder.folder(), e.getMessage()), e);
    }
  }

  private static String explain(Problem problem, String name, List<String> dockerfile) {
    if (problem.line().isEmpty()) {
      return problem.detail();
    }
    int line = problem.line().get();
    String where = name + ":" + line + problem.column().map(column -> ":" + column).orElse("");
    return where
        + ": "
        + POSITION.matcher(problem.detail()).replaceFirst("")
        + (line <= dockerfile.size()
            ? "\n" + String.join("\n", FailureReport.excerpt(name, dockerfile, line, line))
            : "");
  }
}
