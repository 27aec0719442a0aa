package dev.firebuild.worker.guest;

import java.util.List;

/**
 * Scripts that are added to every guest's initramfs, under {@code /lib/firebuild/}. They are POSIX
 * sh for busybox, kept as resources beside the class that uses them.
 *
 * @param scripts in any order; a name is used once
 */
public record GuestScripts(List<Script> scripts) {
  public GuestScripts {
    scripts = List.copyOf(scripts);
  }

  /** No scripts beside those of every guest. */
  public static final GuestScripts NONE = new GuestScripts(List.of());

  /**
   * A script.
   *
   * @param name file name in the guest: {@code /lib/firebuild/NAME}
   * @param owner class whose package has the resource
   * @param resource name of the resource, relative to {@code owner}
   */
  public record Script(String name, Class<?> owner, String resource) {
    /** The script's bytes; a missing resource is a defect of the build. */
    public byte[] bytes() {
      try (java.io.InputStream in = owner.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("no resource %s beside %s".formatted(resource, owner));
        }
        return in.readAllBytes();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
