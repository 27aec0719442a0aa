package dev.firebuild.protocol.decision;

/** The rules of an owner for what is granted to workers. */
public record Rules(BuildDecisions builds, VmDecisions vms) {
  public static final Rules STANDARD = new Rules(new BuildDecisions(), new VmDecisions());
}
