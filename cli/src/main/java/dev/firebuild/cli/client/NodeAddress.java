package dev.firebuild.cli.client;

import dev.firebuild.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a node answers, and the token that it wants. Its text form has no token.
 *
 * @param url of the HTTP API, without a slash at the end
 */
public record NodeAddress(URI url, String token) {
  private static final String URL = "FIREBUILD_URL";
  private static final String TOKEN = "FIREBUILD_TOKEN";
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]");
  private static final String DATA = "FIREBUILD_DATA";
  private static final int PORTS = 65535;

  /** Throws {@link CliException} for a token that no header can hold; it is not shown. */
  public NodeAddress {
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new CliException(
          CliException.USAGE,
          "the node's token has blanks, line ends or letters that are not ASCII; look at "
              + TOKEN
              + ", or at the file token in the node's data folder");
    }
  }

  /** What a node writes into {@code DATA/node.json}. */
  private record NodeFile(Optional<String> url) {}

  /**
   * Finds the node: {@code FIREBUILD_URL} with {@code FIREBUILD_TOKEN}, else the one of the data
   * folder {@code data}, {@code FIREBUILD_DATA} or the usual one. Throws {@link CliException} if
   * there is none.
   */
  public static NodeAddress find(
      Map<String, String> env, Optional<Path> data, String user, Path home) {
    Optional<String> url = variable(env, URL);
    if (url.isPresent() && data.isEmpty()) {
      URI address = uri(url.get());
      return new NodeAddress(
          address,
          variable(env, TOKEN).orElseGet(() -> ownToken(address, folder(env, data, user, home))));
    }
    Path folder = folder(env, data, user, home);
    return new NodeAddress(
        uri(nodeUrl(folder)), variable(env, TOKEN).orElseGet(() -> token(folder)));
  }

  /** The data folder that counts when none is named. */
  public static Path defaultData(Map<String, String> env, String user, Path home) {
    Optional<String> named = variable(env, DATA);
    if (named.isPresent()) {
      return Path.of(named.get());
    }
    if (user.equals("root")) {
      return Path.of("/var/lib/firebuild");
    }
    return variable(env, "XDG_DATA_HOME")
        .filter(base -> base.startsWith("/"))
        .map(Path::of)
        .orElse(home.resolve(".local").resolve("share"))
        .resolve("firebuild");
  }

  private static Path folder(Map<String, String> env, Optional<Path> data, String user, Path home) {
    return data.orElseGet(() -> defaultData(env, user, home));
  }

  private static Optional<String> variable(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name)).filter(value -> !value.isEmpty());
  }

  private static URI uri(String text) {
    try {
      URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (uri.getHost() != null
          && uri.getScheme() != null
          && uri.getScheme().matches("https?")
          && uri.getPort() <= PORTS) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new CliException(
        CliException.USAGE,
        "the node's address %s is none; expected http://HOST:PORT".formatted(text));
  }

  private static String nodeUrl(Path folder) {
    Path file = folder.resolve("node.json");
    return read(file)
        .map(text -> {
          try {
            return Json.read(text, NodeFile.class).url();
          } catch (IllegalArgumentException e) {
            throw new CliException("reading %s: %s".formatted(file, e.getMessage()), e);
          }
        })
        .flatMap(url -> url)
        .orElseThrow(() ->
            new CliException(
                "no node runs with the data folder %s (there is no %s); start one with:"
                        .formatted(folder, file)
                    + " firebuild up -d, or name another with --data or FIREBUILD_URL"));
  }

  /** The token of this host's node is for nobody on another host. */
  private static String ownToken(URI address, Path folder) {
    if (!LOOPBACK.matcher(address.getHost()).matches()) {
      throw new CliException(
          CliException.USAGE, "there is no token for %s: set %s".formatted(address, TOKEN));
    }
    return token(folder);
  }

  private static String token(Path folder) {
    Path file = folder.resolve("token");
    return read(file)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
        .orElseThrow(() ->
            new CliException(
                "there is no token for the node: set FIREBUILD_TOKEN, or name the node's data"
                    + " folder with --data (no %s)".formatted(file)));
  }

  private static Optional<byte[]> read(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new CliException(
          "reading %s: only the node's user may; run this command as that user".formatted(file), e);
    } catch (IOException e) {
      throw new CliException("reading %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
