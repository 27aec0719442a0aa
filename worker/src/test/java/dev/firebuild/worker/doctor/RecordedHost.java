package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.ProcessResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A host that is written down, a line for each fact; {@code README} beside the recorded cases tells
 * the form.
 */
final class RecordedHost implements Host {
  private static final Map<Character, Integer> TYPES =
      Map.of('d', 0040000, 'c', 0020000, '-', 0100000);

  private final Map<String, StringBuilder> texts = new HashMap<>();
  private final Map<String, FileFacts> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final Map<String, String> programs = new HashMap<>();
  private final Map<String, Run> runs = new HashMap<>();
  private final Map<String, Long> free = new HashMap<>();
  private final Set<String> denied = new HashSet<>();
  private final Set<String> usable = new HashSet<>();
  private final Set<String> closed = new HashSet<>();
  private int user;
  private int java = 25;
  private Instant now = Instant.parse("2026-11-23T10:00:00Z");

  private record Run(int exitCode, StringBuilder stdout, StringBuilder stderr) {}

  RecordedHost(List<String> lines) {
    StringBuilder output = new StringBuilder();
    StringBuilder errors = new StringBuilder();
    for (String line : lines) {
      if (line.startsWith("|")) {
        output
            .append(line.isEmpty() ? "" : line.substring(Math.min(2, line.length())))
            .append('\n');
      } else if (line.startsWith("!")) {
        errors.append(line.substring(2)).append('\n');
      } else {
        output = new StringBuilder();
        errors = new StringBuilder();
        fact(List.of(line.strip().split(" +", -1)), output, errors);
      }
    }
  }

  private void fact(List<String> words, StringBuilder output, StringBuilder errors) {
    String name = words.size() > 1 ? words.get(1) : "";
    switch (words.getFirst()) {
      case "file" -> texts.put(name, output);
      case "at" -> files.put(name, facts(words.get(2), words.get(3)));
      case "link" -> links.put(name, words.get(2));
      case "denied" -> denied.add(name);
      case "usable" -> usable.add(name);
      case "closed" -> closed.add(name);
      case "program" -> programs.put(name, words.size() > 2 ? words.get(2) : "/usr/bin/" + name);
      case "run" -> {
        int arrow = words.indexOf("=>");
        String argv = String.join(" ", words.subList(1, arrow));
        runs.put(argv, new Run(Integer.parseInt(words.get(arrow + 1)), output, errors));
      }
      case "free" -> free.put(name, Long.parseLong(words.get(2)) << 20);
      case "user" -> user = Integer.parseInt(name);
      case "java" -> java = Integer.parseInt(name);
      case "now" -> now = Instant.parse(name);
      default -> throw new IllegalArgumentException("no fact of a host: " + words);
    }
  }

  private static FileFacts facts(String mode, String owner) {
    Integer type = TYPES.get(mode.charAt(0));
    String[] ids = owner.split(":", -1);
    if (type == null || ids.length != 2) {
      throw new IllegalArgumentException("expected as d0755 0:0: " + mode + " " + owner);
    }
    return new FileFacts(
        type | Integer.parseInt(mode.substring(1), 8),
        Integer.parseInt(ids[0]),
        Integer.parseInt(ids[1]));
  }

  private void requireAllowed(String path) throws UnknownException {
    if (denied.contains(path)) {
      throw new UnknownException("only root may look at " + path);
    }
  }

  @Override
  public Optional<String> text(String path) throws UnknownException {
    requireAllowed(path);
    return Optional.ofNullable(texts.get(path)).map(StringBuilder::toString);
  }

  @Override
  public List<String> names(String folder) throws UnknownException {
    requireAllowed(folder);
    String prefix = folder.endsWith("/") ? folder : folder + "/";
    Set<String> names = new TreeSet<>();
    paths()
        .filter(path -> path.startsWith(prefix))
        .forEach(path -> names.add(path.substring(prefix.length()).split("/", -1)[0]));
    return new ArrayList<>(names);
  }

  private Stream<String> paths() {
    return Stream.of(texts.keySet(), files.keySet(), denied).flatMap(Set::stream);
  }

  @Override
  public Optional<FileFacts> file(String path) throws UnknownException {
    requireAllowed(path);
    Optional<FileFacts> recorded = Optional.ofNullable(files.get(path));
    if (recorded.isPresent() || texts.containsKey(path)) {
      return recorded.or(() -> Optional.of(facts("-0644", "0:0")));
    }
    boolean above = path.equals("/") || paths().anyMatch(other -> other.startsWith(path + "/"));
    return above ? Optional.of(facts("d0755", "0:0")) : Optional.empty();
  }

  @Override
  public String real(String path) throws UnknownException {
    for (Map.Entry<String, String> link : links.entrySet()) {
      if (path.equals(link.getKey()) || path.startsWith(link.getKey() + "/")) {
        return real(link.getValue() + path.substring(link.getKey().length()));
      }
    }
    String next = path;
    while (!next.isEmpty() && file(next).isEmpty()) {
      next = next.substring(0, next.lastIndexOf('/'));
    }
    return next.isEmpty() ? "/" : next;
  }

  @Override
  public boolean mayUse(String path) {
    return usable.contains(path) || (isRoot() && !closed.contains(path));
  }

  @Override
  public Optional<String> program(String name) {
    return Optional.ofNullable(programs.get(name));
  }

  @Override
  public ProcessResult run(String... argv) throws UnknownException {
    Run run = runs.get(String.join(" ", argv));
    if (run == null) {
      throw new UnknownException(argv[0] + ": this host has no such program; install it");
    }
    return new ProcessResult(run.exitCode(), run.stdout().toString(), run.stderr().toString());
  }

  @Override
  public long freeBytes(String path) throws UnknownException {
    Long bytes = free.get(path);
    if (bytes == null) {
      throw new UnknownException("cannot look at " + path);
    }
    return bytes;
  }

  @Override
  public int user() {
    return user;
  }

  @Override
  public int java() {
    return java;
  }

  @Override
  public Instant now() {
    return now;
  }
}
