package dev.firebuild.worker.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a host has that a worker can leave on it. Two states are compared: what only the later one
 * has is left over.
 *
 * @param facts a line each, {@code KIND WHAT}
 */
public record HostState(NavigableSet<String> facts) {
  private static final String VARIABLE = "FIREBUILD_HOST_STATE";
  private static final Path PROCESSES = Path.of("/proc");
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final Path LINKS = Path.of("/sys/class/net");
  private static final Path NAMESPACES = Path.of("/run/netns");

  /** Below a group of groups in each hierarchy of the first version, and of the second. */
  private static final int GROUP_DEPTH = 4;

  private static final int COMMAND_LENGTH = 120;

  /** In {@code /proc/net/tcp}. */
  private static final String LISTENING = "0A";

  public HostState {
    facts = new TreeSet<>(facts);
  }

  /** What is looked at. */
  public enum Kind {
    PROCESS,
    GROUP,
    NAMESPACE,
    LINK,
    RULE,
    MOUNT,
    SOCKET,
    FILE;

    private String fact(String what) {
      return name().toLowerCase(Locale.ROOT) + " " + what;
    }
  }

  /**
   * Whose leftovers are looked for. Links and rules are the whole host's: they bear no name.
   *
   * @param folders whose files, sockets and mounts count
   * @param mark in the environment of the workers that are watched, and so of all that they start
   * @param ids of the machines whose processes count too, and what is named after them: control
   *     groups, namespaces, mounts
   * @param ports TCP ports that may be listened on
   */
  public record Scope(List<Path> folders, String mark, Set<String> ids, Set<Integer> ports) {
    /** What a worker gets into its environment to be watched. */
    public Map<String, String> environment() {
      return Map.of(VARIABLE, mark);
    }

    private boolean isBelow(String path) {
      return folders.stream().anyMatch(folder -> (path + "/").startsWith(folder + "/"));
    }

    private boolean isNamedAfter(String name) {
      return ids.stream().anyMatch(name::contains);
    }

    /** The processes of these workers and machines, but {@code but}. */
    public List<ProcessHandle> processes(long but) {
      return ProcessHandle.allProcesses()
          .filter(process -> process.pid() != but && marked(process.pid()))
          .toList();
    }

    private boolean marked(long pid) {
      String environment = read(PROCESSES.resolve(Long.toString(pid)).resolve("environ"));
      List<String> variables = List.of(environment.split("\0", -1));
      return variables.contains(VARIABLE + "=" + mark)
          || ids.stream()
              .flatMap(id -> ProcessTable.mark(id).entrySet().stream())
              .anyMatch(entry -> variables.contains(entry.getKey() + "=" + entry.getValue()));
    }
  }

  /** All that there is now. */
  public static HostState of(Scope scope) {
    return of(scope, EnumSet.allOf(Kind.class), ProcessHandle.current().pid());
  }

  /**
   * What there is of {@code kinds} now.
   *
   * @param but the pid of a process that does not count
   */
  public static HostState of(Scope scope, Set<Kind> kinds, long but) {
    NavigableSet<String> facts = new TreeSet<>();
    for (Kind kind : kinds) {
      Stream<String> found =
          switch (kind) {
            case PROCESS -> processes(scope, but);
            case GROUP -> groups(scope);
            case NAMESPACE -> names(NAMESPACES).filter(scope::isNamedAfter);
            case LINK -> names(LINKS);
            case RULE -> rules();
            case MOUNT ->
                read(Path.of("/proc/self/mountinfo"))
                    .lines()
                    .map(HostState::mount)
                    .filter(mount -> scope.isBelow(mount) || scope.isNamedAfter(mount));
            case SOCKET -> sockets(scope);
            case FILE -> scope.folders().stream().flatMap(HostState::files);
          };
      found.map(kind::fact).forEach(facts::add);
    }
    return new HostState(facts);
  }

  /** What there is now and was not before, and what there was and is no more; empty if nothing. */
  public String difference(HostState before) {
    return Stream.concat(
            missing(facts, before.facts()).map(fact -> "left over: " + fact),
            missing(before.facts(), facts).map(fact -> "gone: " + fact))
        .collect(Collectors.joining("\n"));
  }

  private static Stream<String> missing(Set<String> all, Set<String> others) {
    return all.stream().filter(Predicate.not(others::contains));
  }

  private static Stream<String> processes(Scope scope, long but) {
    return scope.processes(but).stream()
        .filter(process -> !isDead(process.pid()))
        .map(process -> process.pid() + " " + command(process.pid()));
  }

  /** One that only waits to be reaped holds nothing. */
  private static boolean isDead(long pid) {
    String stat = read(PROCESSES.resolve(Long.toString(pid)).resolve("stat"));
    return stat.isEmpty() || stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
  }

  private static String command(long pid) {
    String line =
        read(PROCESSES.resolve(Long.toString(pid)).resolve("cmdline")).replace('\0', ' ').strip();
    return line.substring(0, Math.min(line.length(), COMMAND_LENGTH));
  }

  private static Stream<String> groups(Scope scope) {
    if (scope.ids().isEmpty()) {
      return Stream.empty();
    }
    List<String> found = new ArrayList<>();
    walk(
        GROUPS,
        GROUP_DEPTH,
        (path, attributes) -> {
          if (attributes.isDirectory() && scope.ids().contains(path.getFileName().toString())) {
            found.add(path.toString());
          }
        });
    return found.stream();
  }

  private static Stream<String> names(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      return Stream.empty(); // There is none of its kind.
    }
  }

  private static Stream<String> rules() {
    // Without what they have counted so far.
    return Stream.concat(output("nft", "--stateless", "list", "ruleset"), output("iptables-save"))
        .map(line -> line.replaceAll("\\[\\d+:\\d+]", "").strip())
        .filter(line -> !line.isEmpty() && !line.startsWith("#"));
  }

  private static Stream<String> output(String... argv) {
    Processes processes = Processes.of(System.getenv());
    if (processes.find(argv[0]).isEmpty()) {
      return Stream.empty();
    }
    try {
      return processes.run(ProcessCommand.of(argv)).stdout().lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String mount(String line) {
    String[] fields = line.split(" ", -1);
    return fields[4];
  }

  private static Stream<String> sockets(Scope scope) {
    Stream<String> unix =
        read(PROCESSES.resolve("net/unix"))
            .lines()
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .filter(scope::isBelow);
    Stream<String> tcp =
        Stream.of("net/tcp", "net/tcp6")
            .flatMap(table -> read(PROCESSES.resolve(table)).lines().skip(1))
            .map(line -> line.strip().split("\\s+", -1))
            .filter(fields -> fields[3].equals(LISTENING))
            .map(fields -> Integer.parseInt(fields[1].replaceFirst(".*:", ""), 16))
            .filter(scope.ports()::contains)
            .map(port -> "tcp port " + port);
    return Stream.concat(unix, tcp);
  }

  private static Stream<String> files(Path folder) {
    List<String> found = new ArrayList<>();
    walk(folder, Integer.MAX_VALUE, (path, _) -> found.add(path.toString()));
    return found.stream();
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(Path path, BasicFileAttributes attributes);
  }

  /** Visits all that stays while it is looked at. */
  private static void walk(Path folder, int depth, Visitor visitor) {
    try {
      Files.walkFileTree(
          folder,
          EnumSet.noneOf(FileVisitOption.class),
          depth,
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              visitor.visit(path, attributes);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              visitor.visit(path, attributes);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file of the kernel; empty if it is gone. */
  private static String read(Path file) {
    try {
      // Latin-1 keeps every byte.
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
