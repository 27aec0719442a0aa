package dev.firebuild.worker.doctor;

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
    for (String one : all) {
      Optional<Finding> flaw = host.file(one).flatMap(file -> flaw(one, file));
      if (flaw.isPresent()) {
        return flaw.get();
      }
    }
    return Finding.pass(
        host.file(path).isPresent()
            ? path + " is root's alone"
            : path + " is not there yet; what is above it is root's alone");
  }

  private static Optional<Finding> flaw(String path, FileFacts file) {
    if (file.uid() != 0) {
      return Optional.of(
          Finding.fail(
              "%s belongs to user %d".formatted(path, file.uid()), "chown root:root " + path));
    }
    if (!file.isWrittenByMore()) {
      return Optional.empty();
    }
    return Optional.of(
        file.isFolder() && file.isSticky()
            ? Finding.warn(
                "others may write to %s (%s), though not to what is there".formatted(path, file),
                "choose a folder that only root writes to")
            : Finding.fail(
                "others may write to %s (%s)".formatted(path, file), "chmod go-w " + path));
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
