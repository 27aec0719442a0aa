package dev.firebuild.protocol.document;

import dev.firebuild.protocol.Digest;
import java.time.Instant;

/** A kernel that VMs can boot. */
public record KernelDocument(
    String name, Digest digest, String build, String worker, Instant publishedAt)
    implements Document {
  /** The key of the kernel {@code name}. */
  public static String key(String name) {
    return "kernel/" + name;
  }

  @Override
  public String key() {
    return key(name);
  }
}
