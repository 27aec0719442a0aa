package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.output.Table;
import dev.firebuild.cli.output.Units;
import dev.firebuild.protocol.resource.BuildResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code firebuild builds}. */
@Command(name = "builds", description = "List builds, the newest first.")
public final class BuildsCommand extends ClientCommand {
  @Mixin private FormatOption format = new FormatOption();
  @Mixin private FilterOption filter = new FilterOption();
  @Mixin private LastOption last = new LastOption();

  public BuildsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    List<BuildResource> builds =
        api.list(filter.of("/v1/builds"), BuildResource.class, last.count());
    print(format.format(), builds, table(builds, context().clock().instant()));
    return 0;
  }

  static Table table(List<BuildResource> builds, Instant now) {
    return new Table(
        List.of("ID", "TAG", "STATUS", "ATTEMPT", "WORKER", "CREATED", "TOOK"),
        builds.stream()
            .map(build ->
                List.of(
                    build.id(),
                    build.request().tag(),
                    status(build),
                    build.attempt() == 0 ? "" : Integer.toString(build.attempt()),
                    build.worker().orElse(""),
                    Units.span(Duration.between(build.createdAt(), now)) + " ago",
                    took(build, now)))
            .toList());
  }

  private static String status(BuildResource build) {
    String phase = build.phase().name().toLowerCase(Locale.ROOT);
    return build.failure().map(failure -> "%s (%s)".formatted(phase, failure.code())).orElse(phase);
  }

  private static String took(BuildResource build, Instant now) {
    return build
        .startedAt()
        .map(
            start -> Units.seconds(Duration.between(start, build.endedAt().orElse(now)).toMillis()))
        .orElse("");
  }
}
