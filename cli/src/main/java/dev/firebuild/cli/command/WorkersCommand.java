package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.output.Table;
import dev.firebuild.cli.output.Units;
import dev.firebuild.protocol.resource.WorkerResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code firebuild workers}. */
@Command(name = "workers", description = "List workers.")
public final class WorkersCommand extends ClientCommand {
  @Mixin private FormatOption format = new FormatOption();
  @Mixin private FilterOption filter = new FilterOption();

  public WorkersCommand(CliContext context) {
    super(context);
  }

  @Override
  int run(ApiClient api) {
    List<WorkerResource> workers = api.list(filter.of("/v1/workers"), WorkerResource.class);
    print(format.format(), workers, table(workers, context().clock().instant()));
    return 0;
  }

  private static Table table(List<WorkerResource> workers, Instant now) {
    return new Table(
        List.of("ID", "HOST", "STATE", "HELD", "BUILD SLOTS", "RUN SLOTS", "VERSION", "LAST SEEN"),
        workers.stream()
            .map(worker ->
                List.of(
                    worker.id(),
                    worker.host(),
                    worker.state(),
                    Integer.toString(worker.busy()),
                    Integer.toString(worker.buildSlots()),
                    Integer.toString(worker.runSlots()),
                    worker.version(),
                    Units.span(Duration.between(worker.lastSeen(), now)) + " ago"))
            .toList());
  }
}
