package dev.firebuild.cli.context;

import dev.firebuild.protocol.Digest;
import java.nio.file.Path;

/**
 * A context that can be uploaded.
 *
 * @param file the tar
 * @param digest of its bytes
 * @param size in bytes
 * @param dockerfile where the Dockerfile is in it: the {@code file} of the request's source
 */
public record PackedContext(Path file, Digest digest, long size, String dockerfile) {}
