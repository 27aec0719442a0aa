package dev.firebuild.coordinator.http;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.plan.DockerfileChecks;
import dev.firebuild.dockerfile.plan.PlanOptions;
import dev.firebuild.dockerfile.plan.Platform;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at a Dockerfile before anything is queued. Whether one can be built depends on nothing but
 * what the request says, so one that was found good need not be planned again.
 */
final class DockerfileCheck {
  /** A hundred bytes each. */
  private static final int REMEMBERED = 4096;

  private final Map<ByteBuffer, Boolean> good = new Recent();

  /** Drops the longest unused. */
  private static final class Recent extends LinkedHashMap<ByteBuffer, Boolean> {
    private static final long serialVersionUID = 1;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  }

  /** Throws a {@link ProblemException} with line and column if {@code text} cannot be built. */
  void check(String text, BuildRequest request) {
    ByteBuffer asked = digest(text, request);
    if (!isGood(asked)) {
      plan(text, request);
      synchronized (good) {
        good.put(asked, true);
      }
    }
  }

  private boolean isGood(ByteBuffer asked) {
    synchronized (good) {
      return good.getOrDefault(asked, false);
    }
  }

  /** The SHA-256 of all that the plan depends on. */
  private static ByteBuffer digest(String text, BuildRequest request) {
    MessageDigest sha256 = Digest.sha256();
    update(sha256, text);
    update(sha256, request.target().orElse(""));
    update(sha256, request.buildArgs());
    update(sha256, request.labels());
    return ByteBuffer.wrap(sha256.digest());
  }

  private static void update(MessageDigest sha256, Map<String, String> map) {
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(map.size()).flip());
    map.forEach((name, value) -> {
      update(sha256, name);
      update(sha256, value);
    });
  }

  /** After its length: no two lists of texts are the same bytes. */
  private static void update(MessageDigest sha256, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    sha256.update(bytes);
  }

  private static void plan(String text, BuildRequest request) {
    PlanOptions options =
        PlanOptions.on(Platform.LINUX_AMD64)
            .withTarget(request.target())
            .withBuildArgs(request.buildArgs())
            .withLabels(request.labels());
    try {
      DockerfileChecks.check(text.getBytes(StandardCharsets.UTF_8), options);
    } catch (DockerfileException e) {
      throw problem(e);
    }
  }

  private static ProblemException problem(DockerfileException e) {
    Problem problem = Problem.of(422, "dockerfile", "The Dockerfile cannot be built", e.describe());
    if (e.position().isPresent()) {
      return new ProblemException(
          problem.at(e.position().get().line(), Optional.of(e.position().get().column())));
    }
    return new ProblemException(
        e.location()
            .map(location -> problem.at(location.firstLine(), Optional.of(1)))
            .orElse(problem));
  }
}
