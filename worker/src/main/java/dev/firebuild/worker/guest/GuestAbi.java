package dev.firebuild.worker.guest;

import java.util.Set;

/**
 * How guests execute build steps, as one hash: of everything of our own in the initramfs but what
 * only runs use. The host's programs in it are no part of it: what they do for a step stays the
 * same from one version to the next.
 */
public final class GuestAbi {
  /** Scripts that no build uses. A script that is added counts until it is named here. */
  private static final Set<String> OF_RUNS =
      Set.of(
          "drop",
          "exit-code",
          "login",
          "output",
          "run",
          "run-world",
          "spool",
          "status",
          "stop",
          "user-ssh");

  private GuestAbi() {}

  /**
   * The hash, in hexadecimal.
   *
   * @param more scripts beside those of every guest
   */
  public static String of(GuestScripts more) {
    InitramfsTree tree = new InitramfsTree();
    Initramfs.addOwn(tree, more, script -> !OF_RUNS.contains(script));
    return tree.digest();
  }
}
