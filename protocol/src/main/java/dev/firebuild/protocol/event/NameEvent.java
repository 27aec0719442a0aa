package dev.firebuild.protocol.event;

/** What happened to a VM's name; the subject is {@code name/NAME}. */
public sealed interface NameEvent extends EventData {
  /**
   * A worker has claimed a VM of this name. The owner of the name says by its document whose it is.
   *
   * @param vm id of the VM
   */
  record Wanted(String name, String vm) implements NameEvent {}
}
