package dev.firebuild.protocol.decision;

/** How a VM stands to the name that its request wants. */
public enum NameStanding {
  /** The name is the VM's, or it wants none. */
  OURS,
  /** Another VM has it. */
  TAKEN,
  /** The owner of the name has not decided yet. */
  UNDECIDED
}
