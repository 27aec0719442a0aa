package dev.firebuild.protocol.event;

import dev.firebuild.protocol.Digest;
import java.util.List;

/**
 * What every system may want to know of an image without reading its manifest.
 *
 * @param digest of the manifest
 * @param layers digests of the layers, bottom first
 * @param sizeBytes bytes that the layers occupy on disk
 * @param build the build that made it
 * @param worker the worker that has it
 */
public record ImageSummary(
    Digest digest, List<Digest> layers, long sizeBytes, String build, String worker) {}
