package dev.firebuild.worker.guest.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Kernels under one root, one directory each, published whole or not at all. */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString", "UnusedVariable"})
public final class KernelStore {
  private final Path root;

  public KernelStore(Path root) {
    this.root = root;
  }

  /**
   * Imports what {@code in} holds: a Debian kernel package, a tar (plain or compressed) of {@code
   * vmlinuz} and modules, or a kernel file alone. An equal kernel of that name stays as it is;
   * another one is replaced for VMs that start later.
   *
   * @throws IOException if it is none of these; the message says what was looked for
   */
  public Kernel importFrom(String name, InputStream in) throws IOException {
    throw new UnsupportedOperationException(name + root + in);
  }

  /** The kernel {@code name}, if it is in the store. */
  public Optional<Kernel> get(String name) throws IOException {
    throw new UnsupportedOperationException(name);
  }

  /** All kernels by name. */
  public List<Kernel> list() throws IOException {
    throw new UnsupportedOperationException();
  }
}
