package dev.firebuild.worker.guest;

import dev.firebuild.protocol.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/** What goes into an initramfs, by path, so that parents come before what is in them. */
final class InitramfsTree {
  private sealed interface Node {
    record Directory(int mode) implements Node {}

    record Link(String target) implements Node {}

    record CharacterDevice(int mode, int major, int minor) implements Node {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Regular(int mode, byte[] content) implements Node {}
  }

  private final TreeMap<String, Node> nodes = new TreeMap<>();

  void directory(String path, int mode) {
    nodes.putIfAbsent(path, new Node.Directory(mode));
  }

  /** The directory {@code path} and all above it. */
  void directories(Path path) {
    for (int i = 1; i <= path.getNameCount(); i++) {
      directory(path.subpath(0, i).toString(), 0755);
    }
  }

  void file(String path, int mode, byte[] content) {
    nodes.put(path, new Node.Regular(mode, content));
  }

  void file(String path, String content) {
    file(path, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  void link(String path, String target) {
    nodes.putIfAbsent(path, new Node.Link(target));
  }

  /** See null(4) and its neighbours for the numbers. */
  void characterDevice(String path, int mode, int major, int minor) {
    nodes.put(path, new Node.CharacterDevice(mode, major, minor));
  }

  /** Equal for equal trees. */
  String digest() {
    MessageDigest digest = Digest.sha256();
    nodes.forEach((path, node) -> {
      switch (node) {
        case Node.Directory(int mode) -> update(digest, "d", path, Integer.toString(mode));
        case Node.Link(String target) -> update(digest, "l", path, target);
        case Node.CharacterDevice(int mode, int major, int minor) ->
            update(digest, "c", path, "%d %d %d".formatted(mode, major, minor));
        case Node.Regular(int mode, byte[] content) -> {
          update(digest, "f", path, mode + " " + content.length);
          digest.update(content);
        }
      }
    });
    return Digest.of(digest).hex();
  }

  private static void update(MessageDigest digest, String... parts) {
    digest.update(String.join("\0", parts).concat("\n").getBytes(StandardCharsets.UTF_8));
  }

  void write(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        CpioWriter cpio = new CpioWriter(out)) {
      for (Map.Entry<String, Node> entry : nodes.entrySet()) {
        String path = entry.getKey();
        switch (entry.getValue()) {
          case Node.Directory(int mode) -> cpio.directory(path, mode);
          case Node.Link(String target) -> cpio.link(path, target);
          case Node.CharacterDevice(int mode, int major, int minor) ->
              cpio.characterDevice(path, mode, major, minor);
          case Node.Regular(int mode, byte[] content) -> cpio.file(path, mode, content);
        }
      }
    }
  }
}
