package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Flags.Kind;
import dev.firebuild.dockerfile.text.InstructionLine;
import dev.firebuild.dockerfile.text.InstructionText;
import dev.firebuild.dockerfile.text.Suggestion;
import dev.firebuild.dockerfile.word.Spaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the arguments and flags of each kind of instruction. */
public final class InstructionParser {
  private static final List<String> KEYWORDS =
      List.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");
  private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9-_.]*");
  private static final Map<String, Kind> RUN_FLAGS =
      Map.of(
          "mount", Kind.TEXTS,
          "network", Kind.TEXT,
          "security", Kind.TEXT,
          "device", Kind.TEXTS);
  private static final Map<String, Kind> COPY_FLAGS =
      Map.of(
          "from", Kind.TEXT,
          "chown", Kind.TEXT,
          "chmod", Kind.TEXT,
          "link", Kind.SWITCH,
          "parents", Kind.SWITCH,
          "exclude", Kind.TEXTS);
  private static final Map<String, Kind> ADD_FLAGS =
      Map.of(
          "chown", Kind.TEXT,
          "chmod", Kind.TEXT,
          "link", Kind.SWITCH,
          "exclude", Kind.TEXTS,
          "checksum", Kind.TEXT,
          "keep-git-dir", Kind.SWITCH,
          "unpack", Kind.SWITCH);

  private final InstructionText text;
  private final char escape;

  private InstructionParser(InstructionText text, char escape) {
    this.text = text;
    this.escape = escape;
  }

  /**
   * Reads one instruction.
   *
   * @param escape the escape character in effect
   * @throws DockerfileException in the phase PARSE, if there is no such instruction, or its flags
   *     or arguments are wrong
   */
  public static ParsedInstruction parse(InstructionText text, char escape)
      throws DockerfileException {
    return new ParsedInstruction(text, new InstructionParser(text, escape).parse());
  }

  private Instruction parse() throws DockerfileException {
    return switch (text.keyword().toUpperCase(Locale.ROOT)) {
      case "ADD" -> add();
      case "ARG" -> new Instruction.Arg(NameValueParser.arguments(text, escape));
      case "CMD" -> new Instruction.Cmd(plainCommand());
      case "COPY" -> copy();
      case "ENTRYPOINT" -> new Instruction.Entrypoint(plainCommand());
      case "ENV" -> new Instruction.Env(pairs("ENV"));
      case "EXPOSE" -> expose();
      case "FROM" -> from();
      case "HEALTHCHECK" -> new Instruction.Healthcheck(HealthcheckParser.parse(text));
      case "LABEL" -> new Instruction.Label(pairs("LABEL"));
      case "MAINTAINER" -> new Instruction.Maintainer(plainText("MAINTAINER"));
      case "ONBUILD" -> onBuild();
      case "RUN" -> run();
      case "SHELL" -> shell();
      case "STOPSIGNAL" -> new Instruction.StopSignal(Arguments.single(text, "STOPSIGNAL"));
      case "USER" -> new Instruction.User(plainText("USER"));
      case "VOLUME" -> volume();
      case "WORKDIR" -> new Instruction.Workdir(plainText("WORKDIR"));
      default ->
          throw text.error(
              Phase.PARSE,
              "unknown instruction: "
                  + text.keyword()
                  + Suggestion.forWord(text.keyword(), KEYWORDS));
    };
  }

  private String plainText(String keyword) throws DockerfileException {
    String argument = Arguments.single(text, keyword);
    Flags.refuseAll(text);
    return argument;
  }

  private CommandLine plainCommand() throws DockerfileException {
    CommandLine command = Arguments.command(text);
    Flags.refuseAll(text);
    return command;
  }

  private List<NameValue> pairs(String keyword) throws DockerfileException {
    List<NameValue> pairs = NameValueParser.namedPairs(text, keyword, escape);
    Flags.refuseAll(text);
    return pairs;
  }

  private Instruction from() throws DockerfileException {
    List<String> words = Arguments.words(text);
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      throw text.error(Phase.PARSE, "FROM requires either one or three arguments");
    }
    Optional<String> name =
        named ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
    if (name.isPresent() && !STAGE_NAME.matcher(name.get()).matches()) {
      throw text.error(
          Phase.PARSE,
          "invalid name for build stage: \"%s\", name can't start with a number or contain symbols"
              .formatted(words.get(2)),
          words.get(2));
    }
    Flags flags = Flags.parse(text, Map.of("platform", Kind.TEXT));
    return new Instruction.From(words.getFirst(), name, flags.text("platform"));
  }

  private Instruction run() throws DockerfileException {
    CommandLine command = Arguments.command(text);
    Flags flags = Flags.parse(text, RUN_FLAGS);
    for (String mount : flags.texts("mount")) {
      checkMount(mount);
    }
    return new Instruction.Run(
        command,
        flags.texts("mount"),
        mode(NetworkMode.class, flags.text("network", "default"), "network mode"),
        mode(SecurityMode.class, flags.text("security", "sandbox"), "security mode"),
        flags.texts("device"));
  }

  private void checkMount(String mount) throws DockerfileException {
    try {
      String from = MountFields.from(mount).orElse("");
      int dollar = from.indexOf('$');
      if (dollar >= 0 && dollar < from.length() - 1) {
        throw text.error(
            Phase.PARSE,
            "'from' doesn't support variable expansion, define alias stage instead",
            "--mount");
      }
    } catch (IllegalArgumentException e) {
      throw text.error(
          Phase.PARSE, "--mount=%s can't be read: %s".formatted(mount, e.getMessage()), "--mount");
    }
  }

  private <E extends Enum<E>> E mode(Class<E> modes, String word, String what)
      throws DockerfileException {
    for (E mode : modes.getEnumConstants()) {
      if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
        return mode;
      }
    }
    throw text.error(Phase.PARSE, "invalid %s \"%s\"".formatted(what, word), word);
  }

  private Instruction copy() throws DockerfileException {
    List<String> words = FileSources.words(text, "COPY");
    Flags flags = Flags.parse(text, COPY_FLAGS);
    FileSources files = FileSources.parse(text, "COPY", words);
    return new Instruction.Copy(
        files.sources(),
        files.documents(),
        files.destination(),
        flags.text("from"),
        flags.text("chown"),
        flags.text("chmod"),
        flags.isOn("link"),
        flags.isOn("parents"),
        flags.texts("exclude"));
  }

  private Instruction add() throws DockerfileException {
    List<String> words = FileSources.words(text, "ADD");
    Flags flags = Flags.parse(text, ADD_FLAGS);
    FileSources files = FileSources.parse(text, "ADD", words);
    return new Instruction.Add(
        files.sources(),
        files.documents(),
        files.destination(),
        flags.text("chown"),
        flags.text("chmod"),
        flags.isOn("link"),
        flags.texts("exclude"),
        flags.text("checksum"),
        flags.setting("keep-git-dir"),
        flags.setting("unpack"));
  }

  private Instruction expose() throws DockerfileException {
    Arguments.requireAny(text, "EXPOSE");
    Flags.refuseAll(text);
    return new Instruction.Expose(Arguments.words(text));
  }

  private Instruction volume() throws DockerfileException {
    List<String> words = Arguments.jsonOrWords(text);
    if (words.isEmpty()) {
      throw text.error(Phase.PARSE, "VOLUME requires at least one argument");
    }
    Flags.refuseAll(text);
    List<String> paths = words.stream().map(Spaces::trim).toList();
    if (paths.contains("")) {
      throw text.error(Phase.PARSE, "VOLUME specified can not be an empty string");
    }
    return new Instruction.Volume(paths);
  }

  private Instruction shell() throws DockerfileException {
    Optional<List<String>> json = Arguments.json(text, text.arguments());
    Flags.refuseAll(text);
    if (text.arguments().isEmpty() || json.map(List::isEmpty).orElse(false)) {
      throw text.error(Phase.PARSE, "SHELL requires at least one argument");
    }
    return new Instruction.Shell(
        json.orElseThrow(
            () -> text.error(Phase.PARSE, "SHELL requires the arguments to be in JSON form")));
  }

  private Instruction onBuild() throws DockerfileException {
    Arguments.requireAny(text, "ONBUILD");
    InstructionLine trigger = InstructionLine.parse(text.arguments(), escape);
    checkShape(trigger);
    Flags.refuseAll(text);
    String keyword = trigger.keyword().toUpperCase(Locale.ROOT);
    switch (keyword) {
      case "ONBUILD" ->
          throw text.error(Phase.PARSE, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      case "MAINTAINER", "FROM" ->
          throw text.error(Phase.PARSE, keyword + " isn't allowed as an ONBUILD trigger");
      default -> {}
    }
    List<String> lines = new ArrayList<>();
    lines.add(text.line().replaceFirst("(?i)^\\s*ONBUILD\\s*", ""));
    text.heredocs().forEach(heredoc -> lines.add(heredoc.content() + heredoc.name()));
    return new Instruction.OnBuild(String.join("\n", lines));
  }

  /** What is wrong with a trigger whatever its flags are shows already where it is defined. */
  private void checkShape(InstructionLine trigger) throws DockerfileException {
    switch (trigger.keyword().toUpperCase(Locale.ROOT)) {
      case "ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME" ->
          Arguments.json(text, trigger.arguments());
      case "ENV", "LABEL" ->
          NameValueParser.pairs(text, trigger.arguments(), trigger.keyword(), escape);
      default -> {}
    }
  }
}
