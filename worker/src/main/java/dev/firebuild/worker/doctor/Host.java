package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.ProcessResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that checks see of a host. Paths are text: those of a recorded host are none of this one's.
 * There is this host, and in tests there are recorded ones.
 */
interface Host {
  /**
   * What stands in the file {@code path}; empty where there is none.
   *
   * @throws UnknownException if it may not be read
   */
  Optional<String> text(String path) throws UnknownException;

  /**
   * What lies in {@code folder}, sorted; empty where there is no such folder.
   *
   * @throws UnknownException if it may not be read
   */
  List<String> names(String folder) throws UnknownException;

  /**
   * What lies at {@code path}, where links lead; empty where nothing does.
   *
   * @throws UnknownException if it may not be looked at
   */
  Optional<FileFacts> file(String path) throws UnknownException;

  /**
   * The true path of the nearest to {@code path} that is there, itself or a folder above it.
   *
   * @throws UnknownException if it may not be looked at
   */
  String real(String path) throws UnknownException;

  /** Whether this process may read and write {@code path}. */
  boolean mayUse(String path);

  /** Where the program {@code name} lies. */
  Optional<String> program(String name);

  /**
   * Runs a program that changes nothing, for a bounded time.
   *
   * @throws UnknownException if there is no such program or its time was over
   */
  ProcessResult run(String... argv) throws UnknownException;

  /**
   * What this process may still write on the file system of {@code path}.
   *
   * @throws UnknownException if it may not be looked at
   */
  long freeBytes(String path) throws UnknownException;

  /** The user id of this process. */
  int user();

  /** Which Java this is, as 25. */
  int java();

  Instant now();

  default boolean isRoot() {
    return user() == 0;
  }

  /**
   * What stands in a file that every such host has, without space around it.
   *
   * @throws UnknownException if there is none or it may not be read
   */
  default String line(String path) throws UnknownException {
    return text(path).orElseThrow(() -> new UnknownException("this kernel has no " + path)).strip();
  }

  /**
   * The number in the file {@code path}.
   *
   * @throws UnknownException if there is none or it may not be read
   */
  default long number(String path) throws UnknownException {
    String line = line(path);
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException e) {
      throw new UnknownException("%s has no number but: %s".formatted(path, line));
    }
  }

  /** The words of the kernel's boot line. */
  default List<String> bootLine() throws UnknownException {
    return List.of(line("/proc/cmdline").split("\\s+", -1));
  }
}
