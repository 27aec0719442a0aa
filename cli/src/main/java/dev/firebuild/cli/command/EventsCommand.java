package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.cli.output.EventLine;
import dev.firebuild.protocol.resource.EventFrame;
import java.time.Instant;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code firebuild events}. */
@Command(name = "events", description = "Show what happens to builds, VMs, images and workers.")
public final class EventsCommand extends ClientCommand {
  @Mixin private FormatOption format = new FormatOption();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what happens from now on.")
  private boolean follow;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      description =
          "beginning, now, how long ago (10m), a time (2026-01-31T12:00:00Z) or a position"
              + " (default: beginning).")
  private @Nullable String since;

  @Option(
      names = "--type",
      paramLabel = "TYPES",
      description = "Only these, joined by commas: build.log, vm.*")
  private @Nullable String type;

  @Option(names = "--subject", paramLabel = "ID", description = "Only those of one subject.")
  private @Nullable String subject;

  @Option(names = "--heartbeats", description = "Also the heartbeats of the parts of firebuild.")
  private boolean heartbeats;

  public EventsCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    StringJoiner query = new StringJoiner("&", "/v1/events?", "");
    query.add("follow=" + follow);
    add(query, "since", since == null ? null : start(since, context().clock().instant()));
    add(query, "type", type);
    add(query, "subject", subject);
    new EventFollower(api)
        .follow(
            query.toString(),
            follow,
            whileRead((line, frame) -> {
              if (heartbeats || type != null || !isHeartbeat(frame)) {
                out(format.format() == ListFormat.JSON ? line : EventLine.of(frame.event()));
              }
              return true;
            }));
    return 0;
  }

  /** How long ago becomes milliseconds since 1970; all else is the node's to understand. */
  static String start(String since, Instant now) {
    return since.matches("(?:\\d{1,6}[hms])+")
        ? Long.toString(now.minusSeconds(new SecondsConverter().convert(since)).toEpochMilli())
        : since;
  }

  private static boolean isHeartbeat(EventFrame frame) {
    return frame.event().type().endsWith(".heartbeat.v1");
  }

  private static void add(StringJoiner query, String name, @Nullable String value) {
    if (value != null) {
      query.add(name + "=" + ApiClient.part(value));
    }
  }
}
