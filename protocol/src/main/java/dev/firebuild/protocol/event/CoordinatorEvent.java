package dev.firebuild.protocol.event;

/** What a coordinator says of itself; the subject is the coordinator's id. */
public sealed interface CoordinatorEvent extends EventData {
  /** The coordinator lives. */
  record Heartbeat(String incarnation, String version, String url) implements CoordinatorEvent {}
}
