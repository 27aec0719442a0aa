package dev.firebuild.protocol.document;

import java.time.Instant;

/**
 * Whose a VM's name is. It may tell of a VM that has gone: the name is free then.
 *
 * @param vm id of the VM
 * @param takenAt by the log's clock
 */
public record NameDocument(String name, String vm, Instant takenAt) implements Document {
  /** The key of {@code name}, and the subject of what is said of it: no id has a slash. */
  public static String key(String name) {
    return "name/" + name;
  }

  @Override
  public String key() {
    return key(name);
  }
}
