package dev.firebuild.worker.guest.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which modules of a kernel a guest needs, and in which order they are loaded. */
final class KernelModules {
  /** What a guest's devices and file systems need where it is not part of the kernel. */
  private static final List<String> WANTED =
      List.of(
          "virtio",
          "virtio_ring",
          "virtio_pci",
          "virtio_mmio",
          "virtio_blk",
          "virtio_net",
          "virtio_rng",
          "overlay",
          "crc32c_generic",
          "ext4",
          "pvpanic",
          "pvpanic_pci");

  private static final Pattern FILE =
      Pattern.compile("(?:.*/)?([A-Za-z0-9_-]+)\\.ko(?:\\.(?:xz|zst|gz))?");
  private static final Pattern DEPENDS = Pattern.compile("\0depends=([A-Za-z0-9_,-]*)\0");

  private KernelModules() {}

  /** The module that the file {@code path} holds: the kernel takes dashes for underscores. */
  static Optional<String> nameOf(String path) {
    Matcher matcher = FILE.matcher(path);
    return matcher.matches() ? Optional.of(matcher.group(1).replace('-', '_')) : Optional.empty();
  }

  /** The modules that {@code module}, an ELF file, says it needs. */
  static List<String> dependencies(byte[] module) {
    // The text lies in the section .modinfo, as NUL terminated assignments.
    Matcher matcher = DEPENDS.matcher(new String(module, StandardCharsets.ISO_8859_1));
    if (!matcher.find() || matcher.group(1).isEmpty()) {
      return List.of();
    }
    return List.of(matcher.group(1).replace('-', '_').split(",", -1));
  }

  /**
   * The wanted modules and those that they need, each after those that it needs.
   *
   * @param dependencies of every module that the package has; a module that is not among them is
   *     part of the kernel
   */
  static List<String> loadOrder(Map<String, List<String>> dependencies) {
    Set<String> order = new LinkedHashSet<>();
    WANTED.forEach(module -> add(module, dependencies, order, new ArrayList<>()));
    return List.copyOf(order);
  }

  private static void add(
      String module, Map<String, List<String>> dependencies, Set<String> order, List<String> path) {
    List<String> needs = dependencies.get(module);
    if (needs == null || order.contains(module) || path.contains(module)) {
      return;
    }
    path.add(module);
    needs.forEach(need -> add(need, dependencies, order, path));
    path.removeLast();
    order.add(module);
  }
}
