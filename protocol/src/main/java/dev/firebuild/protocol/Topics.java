package dev.firebuild.protocol;

/**
 * The names of the topics and share groups of one installation; {@code prefix} is {@code firebuild}
 * unless several share a Kafka cluster.
 */
public record Topics(String prefix) {
  public static final Topics DEFAULT = new Topics("firebuild");

  public String buildRequests() {
    return prefix + ".build-requests";
  }

  public String runRequests() {
    return prefix + ".run-requests";
  }

  public String events() {
    return prefix + ".events";
  }

  public String commands() {
    return prefix + ".commands";
  }

  public String state() {
    return prefix + ".state";
  }

  public String deadLetters() {
    return prefix + ".dead-letters";
  }

  /** The share group that hands out build requests. */
  public String builders() {
    return prefix + "-builders";
  }

  /** The share group that hands out run requests. */
  public String runners() {
    return prefix + "-runners";
  }

  /** The consumer group in which coordinators share out the partitions of events and commands. */
  public String owners() {
    return prefix + "-owners";
  }
}
