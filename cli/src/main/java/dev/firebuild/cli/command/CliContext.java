package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.output.StandardOutput;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The world around a command, so that a test can hand in another.
 *
 * @param terminal whether a person looks at {@code err}
 * @param http what the node is asked through; each is closed by who asks for it
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
    Packing packing,
    Supplier<HttpClient> http) {

  /** This process' own world. */
  public static CliContext ofProcess(Packing packing) {
    return new CliContext(
        System.getenv(),
        System.in,
        new StandardOutput(),
        standardError(),
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false),
        System.getProperty("user.name"),
        Path.of(System.getProperty("user.home")),
        InstantSource.system(),
        packing,
        ApiClient::http);
  }

  /** Names and output are UTF-8, also where the locale says nothing. */
  private static PrintStream standardError() {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.err)),
        true,
        StandardCharsets.UTF_8);
  }
}
