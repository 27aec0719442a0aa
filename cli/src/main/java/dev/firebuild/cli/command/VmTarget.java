package dev.firebuild.cli.command;

import dev.firebuild.cli.client.CliException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The VMs that a command is about. */
final class VmTarget {
  @Parameters(paramLabel = "VM", arity = "0..*", description = "Ids or names.")
  private List<String> vms = new ArrayList<>();

  @Option(names = "--vmm-id", paramLabel = "ID", description = "The same, as a flag.")
  private @Nullable String vmmId;

  /** All that are named; at least one. */
  List<String> all() {
    List<String> named = new ArrayList<>(vms);
    if (vmmId != null && !vmmId.isEmpty()) {
      named.add(vmmId);
    }
    if (named.isEmpty()) {
      throw new CliException(
          CliException.USAGE, "name a VM by its id or name; firebuild ls shows them");
    }
    return named;
  }

  /** The only one that is named. */
  String only() {
    List<String> named = all();
    if (named.size() > 1) {
      throw new CliException(CliException.USAGE, "name one VM, not " + named.size());
    }
    return named.getFirst();
  }

  boolean byFlag() {
    return vmmId != null;
  }
}
