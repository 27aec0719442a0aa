package dev.firebuild.cli.node;

import dev.firebuild.cli.client.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Every path of a node below its data folder. */
public record NodeFiles(Path data) {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  public NodeFiles {
    data = data.toAbsolutePath().normalize();
  }

  /** Locked by the node that runs on this data. */
  public Path lock() {
    return data.resolve("lock");
  }

  /** What a running node says of itself; see {@link NodeState}. */
  public Path state() {
    return data.resolve("node.json");
  }

  /** The bearer token of the HTTP API. */
  public Path token() {
    return data.resolve("token");
  }

  /** The broker's password. */
  public Path kafkaPassword() {
    return data.resolve("kafka-password");
  }

  /** The broker's log. */
  public Path kafka() {
    return data.resolve("kafka");
  }

  /** Id of the broker's process, to wait for one that outlives its killed node. */
  public Path brokerPid() {
    return data.resolve("broker.pid");
  }

  /** Uploads, shared by coordinator and worker. */
  public Path blobs() {
    return data.resolve("blobs");
  }

  /** The worker's part. */
  public Path worker() {
    return data.resolve("worker");
  }

  /** The worker's name. */
  public Path workerId() {
    return data.resolve("worker-id");
  }

  /** The coordinator's name. */
  public Path coordinatorId() {
    return data.resolve("coordinator-id");
  }

  /** Images and kernels; elsewhere, workers of one host may share them. */
  public Path images() {
    return worker();
  }

  /** Logs of the node's processes. */
  public Path logs() {
    return data.resolve("logs");
  }

  /** What a background node says. */
  public Path nodeLog() {
    return logs().resolve("node.log");
  }

  /** What the broker says. */
  public Path brokerLog() {
    return logs().resolve("broker.log");
  }

  /**
   * Makes the folder, closed to other users, and sees that it can be written to. One that is there
   * keeps its permissions; what lies in it is closed all the same: requests, contexts and disks
   * hold secrets.
   *
   * @param folders of this record that the process uses
   */
  public void create(Path... folders) {
    try {
      Files.createDirectories(data, PosixFilePermissions.asFileAttribute(PRIVATE));
      close(logs());
      for (Path folder : folders) {
        close(folder);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    if (!Files.isWritable(data)) {
      throw new CliException(
          "cannot use %s as data folder: %s may not write to it; choose another with --data DIR"
              .formatted(data, System.getProperty("user.name")));
    }
  }

  private static void close(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PRIVATE);
  }

  private CliException unwritable(IOException e) {
    return new CliException(
        "cannot use %s as data folder: %s; choose another with --data DIR"
            .formatted(data, describe(e)),
        e);
  }

  /** The reason without the path, where Java's own message is the path alone. */
  static String describe(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.FileAlreadyExistsException exists ->
          exists.getFile() + " is in the way (no folder)";
      case java.nio.file.NoSuchFileException _ -> "it cannot be made there";
      default -> String.valueOf(e.getMessage());
    };
  }
}
