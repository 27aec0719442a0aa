package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.ProcessResult;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The host that this process is on. */
final class ThisHost implements Host {
  /** No program that is asked works longer, unless something is wrong with it. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int LARGEST_FILE = 16 << 20;

  private final Processes processes;
  private final int user;

  private ThisHost(Processes processes, int user) {
    this.processes = processes;
    this.user = user;
  }

  /** This host, with the programs of {@code environment}. */
  static ThisHost of(Map<String, String> environment) {
    return new ThisHost(Processes.of(environment), ownUser());
  }

  private static int ownUser() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new IllegalStateException("cannot look at this process: is /proc mounted?", e);
    }
  }

  /** A packed file ({@code .gz}) is unpacked. */
  @Override
  public Optional<String> text(String path) throws UnknownException {
    try (InputStream file = Files.newInputStream(Path.of(path));
        InputStream content = path.endsWith(".gz") ? new GZIPInputStream(file) : file) {
      return Optional.of(new String(content.readNBytes(LARGEST_FILE), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unknown(path, e);
    }
  }

  @Override
  public List<String> names(String folder) throws UnknownException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw unknown(folder, e);
    }
  }

  @Override
  public Optional<FileFacts> file(String path) throws UnknownException {
    try {
      Map<String, Object> facts = Files.readAttributes(Path.of(path), "unix:mode,uid,gid");
      return Optional.of(
          new FileFacts(number(facts, "mode"), number(facts, "uid"), number(facts, "gid")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unknown(path, e);
    }
  }

  private static int number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Integer number ? number : 0;
  }

  @Override
  public String real(String path) throws UnknownException {
    return existing(path).toString();
  }

  private static Path existing(String path) throws UnknownException {
    for (Path next = Path.of(path); next != null; next = next.getParent()) {
      try {
        return next.toRealPath();
      } catch (NoSuchFileException e) {
        // The folder above it may be there.
      } catch (IOException e) {
        throw unknown(path, e);
      }
    }
    throw new UnknownException("there is nothing of " + path);
  }

  @Override
  public boolean mayUse(String path) {
    return Files.isReadable(Path.of(path)) && Files.isWritable(Path.of(path));
  }

  @Override
  public Optional<String> program(String name) {
    return processes.find(name).map(Path::toString);
  }

  @Override
  public ProcessResult run(String... argv) throws UnknownException {
    try {
      return processes.run(ProcessCommand.of(argv).withTimeout(PATIENCE));
    } catch (IOException e) {
      throw new UnknownException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public long freeBytes(String path) throws UnknownException {
    try {
      return Files.getFileStore(existing(path)).getUsableSpace();
    } catch (IOException e) {
      throw unknown(path, e);
    }
  }

  @Override
  public int user() {
    return user;
  }

  @Override
  public int java() {
    return Runtime.version().feature();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  private static UnknownException unknown(String path, IOException e) {
    if (e instanceof AccessDeniedException) {
      return new UnknownException("only root may look at " + path);
    }
    Optional<String> reason =
        e instanceof FileSystemException file
            ? Optional.ofNullable(file.getReason())
            : Optional.ofNullable(e.getMessage());
    return new UnknownException(
        "cannot look at %s: %s".formatted(path, reason.orElseGet(e::toString)));
  }
}
