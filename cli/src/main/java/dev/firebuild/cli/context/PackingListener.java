package dev.firebuild.cli.context;

/** Hears how far packing is: often, on the thread that packs. */
@FunctionalInterface
public interface PackingListener {
  /**
   * So much is done.
   *
   * @param files that were looked at
   * @param bytes that were packed
   */
  void packed(long files, long bytes);
}
