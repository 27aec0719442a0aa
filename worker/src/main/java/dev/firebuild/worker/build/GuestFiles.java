package dev.firebuild.worker.build;

import dev.firebuild.worker.guest.BoundedBytes;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.GuestSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What build steps do to an image's files beside running its programs, by the script {@code files}
 * in the guest.
 */
final class GuestFiles {
  /** For the initramfs of every VM that builds. */
  static final GuestScripts.Script SCRIPT =
      new GuestScripts.Script("files", GuestFiles.class, "files");

  private static final String PATH = "/lib/firebuild/files";
  private static final int MESSAGE_LIMIT = 4000;

  /** The names of a very large tree. */
  private static final int OUTPUT_LIMIT = 64 << 20;

  /** Of characters, so that one call's arguments surely stay below the session's limit. */
  private static final int ARGUMENTS_LIMIT = 1500;

  private final GuestSession session;

  GuestFiles(GuestSession session) {
    this.session = session;
  }

  /** The script refused: its message is for the author of the Dockerfile. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  /** What a path of another tree is. */
  enum Kind {
    FILE,
    DIRECTORY,
    MISSING
  }

  /**
   * A path of another tree.
   *
   * @param path absolute in the tree, links followed
   */
  record Source(Kind kind, String path) {}

  /** Numbers of a user and a group, {@code uid:gid}, by the image's own files. */
  String owner(String user, String group) throws IOException, RefusedException {
    return text(call("owner", user, group)).strip();
  }

  /** Makes {@code path} and what lacks of its parents, owned by {@code owner}. */
  void workdir(String path, String owner) throws IOException, RefusedException {
    call("workdir", path, owner);
  }

  /** The paths below {@code path}, relative to it, down to {@code depth}. */
  List<String> list(String root, String path, int depth) throws IOException, RefusedException {
    return fields(call("list", root, path, Integer.toString(depth))).stream()
        .map(name -> name.substring("./".length()))
        .toList();
  }

  /** What {@code paths} are below {@code root}. */
  List<Source> sources(String root, List<String> paths) throws IOException, RefusedException {
    List<Source> sources = new ArrayList<>();
    List<String> arguments = new ArrayList<>(List.of("sources", root));
    int length = 0;
    for (String path : paths) {
      if (length + path.length() > ARGUMENTS_LIMIT) {
        sources.addAll(parse(fields(call(arguments.toArray(String[]::new)))));
        arguments = new ArrayList<>(List.of("sources", root));
        length = 0;
      }
      arguments.add(path);
      length += path.length();
    }
    sources.addAll(parse(fields(call(arguments.toArray(String[]::new)))));
    return sources;
  }

  private static List<Source> parse(List<String> fields) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      Kind kind =
          switch (fields.get(i)) {
            case "file" -> Kind.FILE;
            case "directory" -> Kind.DIRECTORY;
            default -> Kind.MISSING;
          };
      sources.add(new Source(kind, fields.get(i + 1)));
    }
    return sources;
  }

  /** The values of {@code st_mode} that occur below {@code source}, or that of a file. */
  List<Integer> modes(String root, String source) throws IOException, RefusedException {
    return text(call("modes", root, source))
        .lines()
        .map(line -> Integer.parseInt(line, 16))
        .toList();
  }

  /** Runs the script with {@code arguments} and returns what it printed. */
  byte[] call(String... arguments) throws IOException, RefusedException {
    List<String> argv = new ArrayList<>(List.of(PATH));
    argv.addAll(Arrays.asList(arguments));
    BoundedBytes out = new BoundedBytes(OUTPUT_LIMIT);
    BoundedBytes err = new BoundedBytes(OUTPUT_LIMIT);
    int code = session.exec(argv, InputStream.nullInputStream(), out, err);
    if (code != 0) {
      String message = err.text().strip();
      throw new RefusedException(
          message.isEmpty()
              ? "files %s ended with exit code %d".formatted(arguments[0], code)
              : message.substring(0, Math.min(message.length(), MESSAGE_LIMIT)));
    }
    return out.bytes();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static List<String> fields(byte[] bytes) {
    String text = text(bytes);
    return text.isEmpty() ? List.of() : Arrays.asList(text.split("\0", 0));
  }
}
