package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.EventFollower;
import dev.firebuild.cli.client.NodeAddress;
import dev.firebuild.cli.output.SeedLog;
import dev.firebuild.cli.output.Table;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.EventFrame;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that talks to a node. */
abstract class ClientCommand implements Callable<Integer> {
  @Mixin private GlobalOptions global = new GlobalOptions();

  private final CliContext context;

  ClientCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    NodeAddress node =
        NodeAddress.find(context.env(), global.data(), context.user(), context.home());
    try (ApiClient api = new ApiClient(node, context.http().get())) {
      return run(api);
    }
  }

  /** Does the command; its result is the exit code. */
  abstract int run(ApiClient api) throws Exception;

  CliContext context() {
    return context;
  }

  GlobalOptions global() {
    return global;
  }

  void out(String line) {
    context.out().println(line);
  }

  /** {@code listener}, until nobody reads the output any more. */
  EventFollower.Listener whileRead(EventFollower.Listener listener) {
    return new EventFollower.Listener() {
      @Override
      public boolean on(String line, EventFrame frame) {
        return listener.on(line, frame) && onSilence();
      }

      @Override
      public boolean onSilence() {
        return !context.out().checkError();
      }
    };
  }

  void err(String line) {
    context.err().println(line);
  }

  void print(Table table) {
    table.lines().forEach(this::out);
  }

  /** Shows {@code items} in {@code format}: the table, or one JSON object per line. */
  void print(ListFormat format, List<?> items, Table table) {
    switch (format) {
      case TABLE -> print(table);
      case JSON -> items.forEach(item -> out(Json.text(item)));
    }
  }

  /** A line of the seed's log, if such lines are asked for. */
  void log(String level, String module, String message, Map<String, ?> fields) {
    if (global.logAsJson()) {
      err(SeedLog.line(context.clock().instant(), level, module, message, fields));
    }
  }
}
