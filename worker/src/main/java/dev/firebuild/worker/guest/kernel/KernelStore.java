package dev.firebuild.worker.guest.kernel;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Text;
import dev.firebuild.worker.host.DurableFiles;
import dev.firebuild.worker.host.StoreLock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Kernels under one root, published whole or not at all. A kernel lies in a directory named after
 * the digest of its manifest; its name is a symbolic link to that directory, replaced in one move.
 */
public final class KernelStore {
  static final String IMAGE = "vmlinuz";
  static final String MODULES = "modules";
  private static final String MANIFEST = "manifest.json";
  private static final String VERSIONS = ".versions";
  private static final String PARTIAL = "partial";
  private static final String NEEDS = ".needs";
  private static final String LOCK = "lock";
  private static final Pattern VERSION = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final long LIMIT = 256L << 20;

  private final Path root;

  public KernelStore(Path root) {
    this.root = root;
  }

  private record Manifest(String image, Map<String, String> modules, List<String> moduleOrder) {}

  /**
   * Imports what {@code in} holds: a Debian kernel package, a tar (plain or compressed) of {@code
   * vmlinuz} and modules, or a kernel file alone. An equal kernel of that name stays as it is;
   * another one takes its place for VMs that start later.
   *
   * @throws IOException if it is none of these; the message says what was looked for
   */
  public Kernel importFrom(String name, InputStream in) throws IOException {
    requireName(name);
    Path versions = Files.createDirectories(versionsRoot());
    Path partial = Files.createTempDirectory(versions, PARTIAL);
    try {
      Path input = partial.resolve("input");
      Files.copy(in, input);
      Path tree = Files.createDirectory(partial.resolve("tree"));
      Manifest manifest = take(name, new KernelPackage(input), tree);
      byte[] json = Json.bytes(manifest);
      Files.write(tree.resolve(MANIFEST), json);
      String version = Digest.of(json).hex();
      DurableFiles.syncTree(tree);
      publish(name, tree, partial.resolve("link"), version);
    } finally {
      DurableFiles.deleteTree(partial);
    }
    return get(name)
        .orElseThrow(() -> new IOException("kernel " + name + " has just been removed"));
  }

  private void publish(String name, Path tree, Path link, String version) throws IOException {
    try (StoreLock _ = lock()) {
      if (!Files.exists(versionsRoot().resolve(version))) {
        Files.move(tree, versionsRoot().resolve(version), StandardCopyOption.ATOMIC_MOVE);
      }
      // The name must not outlive a power loss that its kernel does not.
      DurableFiles.syncDirectory(versionsRoot());
      Files.createSymbolicLink(link, Path.of(VERSIONS, version));
      Files.move(link, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.syncDirectory(root);
    }
  }

  /** The kernel that was imported last as {@code name}, if it is in the store. */
  public Optional<Kernel> get(String name) throws IOException {
    requireName(name);
    return read(name, root.resolve(name));
  }

  /** The kernel {@code digest} under the name {@code name}, if it is in the store. */
  Optional<Kernel> find(String name, Digest digest) throws IOException {
    return read(name, version(digest));
  }

  private static Optional<Kernel> read(String name, Path path) throws IOException {
    try {
      Path directory = path.toRealPath();
      byte[] json = Files.readAllBytes(directory.resolve(MANIFEST));
      Manifest manifest = Json.read(json, Manifest.class);
      return Optional.of(new Kernel(name, Digest.of(json), directory, manifest.moduleOrder()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Lets nobody else publish or remove. */
  StoreLock lock() throws IOException {
    return StoreLock.hold(Files.createDirectories(versionsRoot()).resolve(LOCK));
  }

  /** The names of kernels. */
  List<Path> links() throws IOException {
    return Files.isDirectory(root) ? entries(root, Files::isSymbolicLink) : List.of();
  }

  /** The version that the name {@code link} stands for. */
  Path target(Path link) throws IOException {
    return root.resolve(Files.readSymbolicLink(link));
  }

  /** Where the workers that share the root say what they need of it. */
  public Path needs() {
    return root.resolve(NEEDS);
  }

  /** The directory of the kernel {@code digest}. */
  Path version(Digest digest) {
    return versionsRoot().resolve(digest.hex());
  }

  /** The directories of all kernels, those without a name too. */
  List<Path> versions() throws IOException {
    return entries(
        versionsRoot(), path -> VERSION.matcher(path.getFileName().toString()).matches());
  }

  /** What is being imported, or removed, and what was when a process was killed. */
  List<Path> partials() throws IOException {
    return entries(versionsRoot(), path -> path.getFileName().toString().startsWith(PARTIAL));
  }

  /** Removes one of {@link #versions} or {@link #partials}; half a kernel is never seen. */
  void remove(Path directory) throws IOException {
    Path grave = Files.createTempDirectory(versionsRoot(), PARTIAL);
    Files.move(directory, grave.resolve("removed"), StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.deleteTree(grave);
  }

  private Path versionsRoot() {
    return root.resolve(VERSIONS);
  }

  private static List<Path> entries(Path directory, DirectoryStream.Filter<Path> filter)
      throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, filter)) {
      entries.forEach(found::add);
    }
    return found;
  }

  private static Manifest take(String name, KernelPackage source, Path tree) throws IOException {
    Map<String, List<String>> dependencies = new HashMap<>();
    source.forEach((path, content) -> {
      Optional<String> module = KernelModules.nameOf(path);
      if (module.isPresent()) {
        dependencies.put(module.get(), KernelModules.dependencies(moduleBytes(content)));
      }
    });
    List<String> order = KernelModules.loadOrder(dependencies);
    Path modules = Files.createDirectory(tree.resolve(MODULES));
    Path image = tree.resolve(IMAGE);
    source.forEach((path, content) -> {
      Optional<String> module = KernelModules.nameOf(path).filter(order::contains);
      if (module.isPresent()) {
        Files.write(modules.resolve(fileOf(module.get())), moduleBytes(content));
      } else if (isImage(path) && !Files.exists(image)) {
        Files.write(image, bounded(content));
      }
    });
    requireKernel(name, image);
    Map<String, String> digests = new TreeMap<>();
    for (String module : order) {
      String file = fileOf(module);
      digests.put(file, digest(modules.resolve(file)));
    }
    return new Manifest(digest(image), digests, order.stream().map(KernelStore::fileOf).toList());
  }

  private static boolean isImage(String path) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    return file.startsWith("vmlinuz") || file.startsWith("vmlinux") || file.equals("bzImage");
  }

  private static void requireKernel(String name, Path image) throws IOException {
    if (!Files.exists(image)) {
      throw new IOException(
          "cannot import kernel %s: the archive has no vmlinuz, vmlinux or bzImage"
              .formatted(name));
    }
    byte[] head;
    try (InputStream in = Files.newInputStream(image)) {
      head = in.readNBytes(1024);
    }
    if (!KernelPackage.isKernel(head)) {
      throw new IOException(
          "cannot import kernel %s: its vmlinuz is neither an ELF file nor a bzImage"
              .formatted(name));
    }
  }

  private static byte[] moduleBytes(InputStream content) throws IOException {
    return bounded(KernelPackage.decompressed(new java.io.BufferedInputStream(content)));
  }

  private static byte[] bounded(InputStream content) throws IOException {
    byte[] bytes = content.readNBytes((int) LIMIT);
    if (bytes.length == LIMIT) {
      throw new IOException(
          "a file of the kernel package is larger than %d bytes".formatted(LIMIT));
    }
    return bytes;
  }

  private static String fileOf(String module) {
    return module + ".ko";
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return DurableFiles.digest(in).value();
    }
  }

  private static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "kernel name %s: expected 1 to 128 letters, digits and . _ -, not beginning with a sign"
              .formatted(Text.quote(name)));
    }
  }
}
