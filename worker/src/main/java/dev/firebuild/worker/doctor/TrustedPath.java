package dev.firebuild.worker.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says whether nobody but root can change what lies at a path: neither that itself nor a folder
 * above it.
 *
 * @param path need not be there; then what is there of it counts
 */
record TrustedPath(String path) implements Probe {

  @Override
  public Finding look(Host host) throws UnknownException {
    // Links may be exchanged where they lie, and where they lead.
    Set<String> all = new TreeSet<>();
    for (String end : List.of(path, host.real(path))) {
      for (String next = end; !next.isEmpty(); next = parent(next)) {
        all.add(next);
      }
    }
    all.add("/");
    boolean there = host.file(path).isPresent();
    // Where it is to be made, others could make it first.
    String target = there ? "" : host.real(path);
    List<Finding> flaws = new ArrayList<>();
    for (String one : all) {
      host.file(one).flatMap(file -> flaw(one, file, one.equals(target))).ifPresent(flaws::add);
    }
    String good =
        there
            ? path + " is root's alone"
            : path + " is not there yet; what is above it is root's alone";
    return Finding.worst(flaws).orElseGet(() -> Finding.pass(good));
  }

  private static Optional<Finding> flaw(String path, FileFacts file, boolean isTarget) {
    if (file.uid() != 0) {
      return Optional.of(
          Finding.fail(
              "%s belongs to user %d".formatted(path, file.uid()), "chown root:root " + path));
    }
    if (!file.isWrittenByMore()) {
      return Optional.empty();
    }
    return Optional.of(
        file.isFolder() && file.isSticky() && !isTarget
            ? Finding.warn(
                "others may write to %s (%s), though not to what is there".formatted(path, file),
                "choose a folder that only root writes to")
            : Finding.fail(
                "others may write to %s (%s)".formatted(path, file),
                isTarget ? "choose a folder that only root writes to" : "chmod go-w " + path));
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
