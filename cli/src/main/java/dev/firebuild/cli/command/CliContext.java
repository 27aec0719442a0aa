package dev.firebuild.cli.command;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The world around a command, so that a test can hand in another.
 *
 * @param terminal whether a person looks at {@code err}
 */
public record CliContext(
    Map<String, String> env,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean terminal,
    String user,
    Path home,
    InstantSource clock,
    Packing packing) {

  /** This process' own world. */
  public static CliContext ofProcess(Packing packing) {
    return new CliContext(
        System.getenv(),
        System.in,
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false),
        System.getProperty("user.name"),
        Path.of(System.getProperty("user.home")),
        InstantSource.system(),
        packing);
  }

  /** Names and output are UTF-8, also where the locale says nothing. */
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor)), true, StandardCharsets.UTF_8);
  }
}
