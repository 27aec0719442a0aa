package dev.firebuild.cli.command;

import dev.firebuild.cli.client.ApiClient;
import dev.firebuild.cli.client.CliException;
import dev.firebuild.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;

/** Sends files to the node, once per content. */
final class Uploads {
  private final ApiClient api;

  Uploads(ApiClient api) {
    this.api = api;
  }

  /** Uploads {@code file} unless the node has it. */
  void upload(Digest digest, Path file) {
    if (!api.hasBlob(digest)) {
      api.putBlob(digest, file);
    }
  }

  /** Uploads the regular file {@code file}. */
  Digest uploadFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CliException("uploading %s: there is no such file".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      Digest digest = digest(in, OutputStream.nullOutputStream());
      upload(digest, file);
      return digest;
    } catch (IOException e) {
      throw new CliException("reading %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Uploads all that {@code in} gives. */
  Digest uploadStream(InputStream in) {
    try {
      try (TemporaryFile file = TemporaryFile.create(".upload")) {
        Digest digest;
        try (OutputStream out = Files.newOutputStream(file.path())) {
          digest = digest(in, out);
        }
        upload(digest, file.path());
        return digest;
      }
    } catch (IOException e) {
      throw new CliException("reading standard input: " + e.getMessage(), e);
    }
  }

  /** Uploads a tar of {@code files}, each under its own name; folders with all they hold. */
  Digest uploadTar(List<Path> files) {
    try {
      try (TemporaryFile tar = TemporaryFile.create(".tar")) {
        TarFiles.write(files, tar.path());
        return uploadFile(tar.path());
      }
    } catch (IOException e) {
      throw new CliException("packing %s: %s".formatted(files, e.getMessage()), e);
    }
  }

  private static Digest digest(InputStream in, OutputStream out) throws IOException {
    MessageDigest sha = Digest.sha256();
    var _ = in.transferTo(new DigestOutputStream(out, sha));
    return Digest.of(sha);
  }
}
