package dev.firebuild.worker.guest.kernel;

import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Text;
import dev.firebuild.worker.host.DurableFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
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
  /** Stands for the kernel that was imported last. */
  public static final String DEFAULT = "default";

  static final String IMAGE = "vmlinuz";
  static final String MODULES = "modules";
  private static final String MANIFEST = "manifest.json";
  private static final String VERSIONS = ".versions";
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
    Path versions = Files.createDirectories(root.resolve(VERSIONS));
    Path partial = Files.createTempDirectory(versions, "partial");
    try {
      Path input = partial.resolve("input");
      Files.copy(in, input);
      Path tree = Files.createDirectory(partial.resolve("tree"));
      Manifest manifest = take(name, new KernelPackage(input), tree);
      byte[] json = Json.bytes(manifest);
      Files.write(tree.resolve(MANIFEST), json);
      String version = DurableFiles.digest(new ByteArrayInputStream(json)).hex();
      DurableFiles.syncTree(tree);
      if (!Files.exists(versions.resolve(version))) {
        Files.move(tree, versions.resolve(version), StandardCopyOption.ATOMIC_MOVE);
      }
      // The name must not outlive a power loss that its kernel does not.
      DurableFiles.syncDirectory(versions);
      Path link = Files.createSymbolicLink(partial.resolve("link"), Path.of(VERSIONS, version));
      Files.move(link, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.syncDirectory(root);
    } finally {
      DurableFiles.deleteTree(partial);
    }
    return get(name)
        .orElseThrow(() -> new IOException("kernel " + name + " has just been removed"));
  }

  /**
   * The kernel {@code name}, if it is in the store. {@link #DEFAULT} is the one that was imported
   * last, unless a kernel has that very name.
   */
  public Optional<Kernel> get(String name) throws IOException {
    requireName(name);
    Optional<Kernel> named = read(name);
    if (named.isPresent() || !name.equals(DEFAULT)) {
      return named;
    }
    Optional<Path> newest = newest();
    return newest.isPresent() ? read(newest.get().getFileName().toString()) : Optional.empty();
  }

  private Optional<Path> newest() throws IOException {
    Optional<Path> newest = Optional.empty();
    FileTime latest = FileTime.fromMillis(Long.MIN_VALUE);
    for (Path link : links()) {
      FileTime time = Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS);
      if (time.compareTo(latest) > 0) {
        latest = time;
        newest = Optional.of(link);
      }
    }
    return newest;
  }

  private List<Path> links() throws IOException {
    List<Path> links = new ArrayList<>();
    if (Files.isDirectory(root)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, Files::isSymbolicLink)) {
        entries.forEach(links::add);
      }
    }
    return links;
  }

  private Optional<Kernel> read(String name) throws IOException {
    try {
      Path directory = root.resolve(name).toRealPath();
      byte[] json = Files.readAllBytes(directory.resolve(MANIFEST));
      Manifest manifest = Json.read(json, Manifest.class);
      return Optional.of(
          new Kernel(
              name,
              DurableFiles.digest(new ByteArrayInputStream(json)),
              directory,
              manifest.moduleOrder()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** All kernels by name. */
  public List<Kernel> list() throws IOException {
    List<Kernel> kernels = new ArrayList<>();
    for (Path link : links()) {
      read(link.getFileName().toString()).ifPresent(kernels::add);
    }
    kernels.sort(Comparator.comparing(Kernel::name));
    return kernels;
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
