package dev.firebuild.worker.build;

import dev.firebuild.protocol.Text;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.Source;
import dev.firebuild.worker.build.BuildGuard.EndedException;
import dev.firebuild.worker.source.Blobs;
import dev.firebuild.worker.source.ContextEntry;
import dev.firebuild.worker.source.ContextEntry.Kind;
import dev.firebuild.worker.source.ContextIndex;
import dev.firebuild.worker.source.ContextReader;
import dev.firebuild.worker.source.RangeInputStream;
import dev.firebuild.worker.source.SourceException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The Dockerfile of a build and the files that it may copy. */
final class BuildContext implements AutoCloseable {
  private static final int DOCKERFILE_LIMIT = 4 << 20;
  private static final String DEFAULT_FILE = "Dockerfile";

  private final byte[] dockerfile;
  private final ContextIndex index;
  private final Optional<Blobs.Blob> blob;
  private final String name;

  private BuildContext(
      byte[] dockerfile, ContextIndex index, Optional<Blobs.Blob> blob, String name) {
    this.dockerfile = dockerfile;
    this.index = index;
    this.blob = blob;
    this.name = name;
  }

  /** A Dockerfile without a context. */
  static BuildContext inline(Source.Inline source) {
    return new BuildContext(
        source.dockerfile().getBytes(StandardCharsets.UTF_8),
        ContextIndex.empty(),
        Optional.empty(),
        "inline");
  }

  /** An uploaded context. */
  static BuildContext uploaded(Source.Context source, BuildJob job)
      throws SourceException, InterruptedException, BuildFailedException, EndedException {
    Blobs.Blob blob = job.blob(source.context());
    try {
      ContextIndex index = ContextReader.read(blob.file());
      byte[] dockerfile = dockerfile(index, blob.file(), source.file().orElse(DEFAULT_FILE));
      return new BuildContext(dockerfile, index, Optional.of(blob), source.context().value());
    } catch (SourceException | BuildFailedException | RuntimeException e) {
      blob.close();
      throw e;
    }
  }

  private static byte[] dockerfile(ContextIndex index, Path archive, String file)
      throws BuildFailedException {
    ContextEntry entry =
        index
            .dockerfile(file)
            .filter(found -> found.kind() == Kind.FILE)
            .orElseThrow(() ->
                BuildFailedException.of(
                    FailureCode.NOT_FOUND,
                    "the context has no file %s; -f names another Dockerfile"
                        .formatted(Text.quote(file))));
    if (entry.size() > DOCKERFILE_LIMIT) {
      throw BuildFailedException.of(
          FailureCode.INVALID_REQUEST,
          "the Dockerfile %s is larger than 4 MiB".formatted(Text.quote(file)));
    }
    try (InputStream in = content(archive, entry.offset(), entry.size())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw BuildFailedException.of(FailureCode.HOST, "cannot read the context", e);
    }
  }

  byte[] dockerfile() {
    return dockerfile.clone();
  }

  ContextIndex index() {
    return index;
  }

  /** The archive that the index is of. */
  Optional<Path> archive() {
    return blob.map(Blobs.Blob::file);
  }

  /** The digest of the context, or {@code inline}. */
  String name() {
    return name;
  }

  /** The {@code size} bytes at {@code offset} of the archive. */
  InputStream content(long offset, long size) throws IOException {
    Path archive =
        archive().orElseThrow(() -> new IllegalStateException("a context without files"));
    return content(archive, offset, size);
  }

  private static InputStream content(Path archive, long offset, long size) throws IOException {
    return new BufferedInputStream(new RangeInputStream(archive, offset, size));
  }

  @Override
  public void close() {
    blob.ifPresent(Blobs.Blob::close);
  }
}
