package dev.firebuild.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The commands, each made when it is called. picocli reads a command's flags by reflection, which
 * is most of the time that a short command takes; the help needs names and descriptions only.
 */
public final class CommandTable {
  private static final int GAP = 2;

  private final List<Entry> entries = new ArrayList<>();

  private record Entry(
      String name, List<String> aliases, String description, Supplier<CommandLine> line) {
    boolean isCalled(String word) {
      return name.equals(word) || aliases.contains(word);
    }

    String names() {
      return String.join(", ", Stream.concat(Stream.of(name), aliases.stream()).toList());
    }
  }

  /** A command whose name and description stand in the {@link Command} of its class. */
  public <C> void add(Class<C> type, Supplier<C> command) {
    add(type, command, _ -> {});
  }

  /** The same, completed by {@code more} when it is made. */
  public <C> void add(Class<C> type, Supplier<C> command, Consumer<CommandSpec> more) {
    Command annotation = type.getAnnotation(Command.class);
    if (annotation == null) {
      throw new IllegalArgumentException(type + " has no @Command");
    }
    entries.add(
        new Entry(
            annotation.name(),
            List.of(annotation.aliases()),
            String.join(" ", annotation.description()),
            () -> {
              CommandLine line = new CommandLine(command.get());
              more.accept(line.getCommandSpec());
              return line;
            }));
  }

  /** A command that only holds others. */
  public void addGroup(String name, String description, Consumer<CommandLine> members) {
    entries.add(
        new Entry(
            name,
            List.of(),
            description,
            () -> {
              CommandLine line = new CommandLine(new GroupCommand());
              line.getCommandSpec().name(name).usageMessage().description(description);
              members.accept(line);
              return line;
            }));
  }

  /** Gives {@code root} all commands. */
  public void install(CommandLine root) {
    entries.forEach(entry -> root.addSubcommand(entry.name(), entry.line().get()));
  }

  /** Gives {@code root} what {@code arguments} call; all, where that is no command. */
  public void installCalled(CommandLine root, String... arguments) {
    Optional<String> word =
        Stream.of(arguments).filter(argument -> !argument.startsWith("-")).findFirst();
    if (word.isEmpty()) {
      root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, this::list);
      return;
    }
    Optional<Entry> called =
        entries.stream().filter(entry -> entry.isCalled(word.get())).findFirst();
    if (called.isPresent()) {
      root.addSubcommand(called.get().name(), called.get().line().get());
    } else {
      // Whoever mistypes is told what is near.
      install(root);
    }
  }

  private String list(Help help) {
    int names = entries.stream().mapToInt(entry -> entry.names().length()).max().orElse(0);
    int width = help.commandSpec().usageMessage().width();
    StringBuilder list = new StringBuilder("Commands:\n");
    for (Entry entry : entries) {
      String column = entry.names();
      for (String line : wrap(entry.description(), width - names - 2 * GAP)) {
        list.append(" ".repeat(GAP))
            .append(column)
            .append(" ".repeat(names + GAP - column.length()))
            .append(line)
            .append('\n');
        column = "";
      }
    }
    return list.toString();
  }

  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
