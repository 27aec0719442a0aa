package dev.firebuild.systemtest.conformance;

import static java.util.function.Predicate.not;

import dev.firebuild.systemtest.conformance.Tree.Node;
import dev.firebuild.systemtest.engine.EngineHost;
import dev.firebuild.worker.guest.BuildGuest;
import dev.firebuild.worker.guest.GuestScripts;
import dev.firebuild.worker.guest.GuestSession;
import dev.firebuild.worker.image.Manifest;
import dev.firebuild.worker.image.Manifest.Layer;
import dev.firebuild.worker.vm.Machine;
import dev.firebuild.worker.vm.MachineSpec;
import dev.firebuild.worker.vm.NetworkMode;
import dev.firebuild.worker.vm.Workload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the files of images in a VM: no file system that a guest wrote is mounted on the host. A
 * name may hold any bytes: here it is a string with one character for each.
 */
final class TreeReader implements AutoCloseable {
  /** For the host's guests. */
  static final GuestScripts.Script SCRIPT =
      new GuestScripts.Script("inspect", TreeReader.class, "inspect");

  /** How many layers one VM can look at. */
  static final int LAYERS = MachineSpec.MAX_DRIVES - 2;

  private static final String INSPECT = "/lib/firebuild/inspect";
  private static final int MEM_MIB = 256;

  private static final Pattern CAPABILITY =
      Pattern.compile("# file: \\.(.*)\nsecurity\\.capability=0x([0-9a-f]+)\n");

  /** A process for each name would take minutes for a whole tree. */
  private static final Pattern PLAIN = Pattern.compile("[^\\\\\\p{Cntrl}]*");

  private final List<Layer> layers;
  private final Path disk;
  private final Machine machine;
  private final GuestSession session;
  private int mounts;

  /**
   * Boots the VM.
   *
   * @param layers all that can be looked at, at most {@link #LAYERS}
   */
  TreeReader(EngineHost host, List<Layer> layers) throws IOException {
    this.layers = List.copyOf(layers);
    this.disk = host.newDisk();
    List<Path> inputs = new ArrayList<>();
    for (Layer layer : layers) {
      inputs.add(host.images().layer(layer));
    }
    this.machine =
        host.machines()
            .start(
                new MachineSpec(
                    host.newId(),
                    host.kernel(),
                    1,
                    MEM_MIB,
                    List.of(),
                    disk,
                    inputs,
                    NetworkMode.NONE,
                    List.of(),
                    "inspect",
                    Map.of(),
                    new Workload.Build()));
    this.session = machine.session();
  }

  /** The whole tree of {@code image}. */
  Tree read(Manifest image) throws IOException {
    return read(image, Tree.EMPTY, List.of());
  }

  /**
   * The tree of {@code image}, whose lowest layers are {@code baseLayers}: only what is not of them
   * is read in full.
   */
  Tree read(Manifest image, Tree base, List<Layer> baseLayers) throws IOException {
    if (image.layers().isEmpty()) {
      return Tree.EMPTY;
    }
    String directory = "/run/inspect/" + mounts++;
    List<Integer> inputs = image.layers().stream().map(layers::indexOf).toList();
    new BuildGuest(session).mountLayers(directory, inputs);
    List<String> names = fields(inspect("names", directory, List.of()));
    List<String> facts = lines(inspect("facts", directory, List.of()));
    if (names.size() != facts.size()) {
      throw new IOException("the tree changed while it was read");
    }
    Set<String> changed = new HashSet<>();
    for (Layer layer : image.layers().subList(baseLayers.size(), image.layers().size())) {
      String own = "/run/layer/" + layers.indexOf(layer) + "/.up";
      changed.addAll(fields(inspect("changed", own, List.of())));
    }
    return new Assembly(names, facts, changed, base).assemble(directory);
  }

  /** Puts together what the guest tells. */
  private final class Assembly {
    private final SortedMap<String, PathFacts> facts = new TreeMap<>();
    private final Set<String> changed;
    private final Tree base;

    private Assembly(List<String> names, List<String> facts, Set<String> changed, Tree base) {
      for (int i = 0; i < names.size(); i++) {
        this.facts.put(names.get(i), PathFacts.parse(facts.get(i)));
      }
      this.changed = changed.stream().map(TreeReader::text).collect(Collectors.toSet());
      this.base = base;
    }

    private Tree assemble(String directory) throws IOException {
      List<String> files = names("file").stream().filter(PLAIN.asMatchPredicate()).toList();
      List<String> odd = names("file").stream().filter(not(PLAIN.asMatchPredicate())).toList();
      List<String> links = names("symlink");
      List<String> targets = fields(inspect("links", directory, links));
      Map<String, String> contents = zip(files, lines(inspect("sums", directory, files)));
      contents.putAll(zip(odd, lines(inspect("odd-sums", directory, odd))));
      Map<String, String> leads = zip(links, targets);
      Map<String, String> capabilities =
          capabilities(inspect("capabilities", directory, List.of()));
      Map<String, String> first = new HashMap<>();
      SortedMap<String, Node> nodes = new TreeMap<>();
      facts.forEach((name, fact) -> {
        String path = text(name.substring(1));
        Optional<String> same = Optional.empty();
        if (fact.links() > 1 && !fact.type().equals("dir")) {
          same = Optional.ofNullable(first.putIfAbsent(fact.identity(), path));
        }
        nodes.put(
            path,
            fact.node(
                Optional.ofNullable(contents.get(name)),
                Optional.ofNullable(leads.get(name)).map(TreeReader::text),
                Optional.ofNullable(capabilities.get(path)),
                same));
      });
      return new Tree(complete(nodes));
    }

    private List<String> names(String type) {
      return facts.entrySet().stream()
          .filter(entry -> entry.getValue().type().equals(type))
          .map(Map.Entry::getKey)
          .filter(name -> base.nodes().isEmpty() || changed.contains(text(name)))
          .toList();
    }

    /** What no layer has changed has the base's content. */
    private SortedMap<String, Node> complete(SortedMap<String, Node> nodes) {
      SortedMap<String, Node> complete = new TreeMap<>();
      nodes.forEach((path, node) -> {
        boolean known = changed.contains("." + path) || base.nodes().isEmpty();
        Node before = base.nodes().get(path);
        complete.put(
            path,
            known || before == null
                ? node
                : new Node(
                    node.type(),
                    node.mode(),
                    node.uid(),
                    node.gid(),
                    node.size(),
                    before.sha256(),
                    before.link(),
                    node.device(),
                    node.capability(),
                    node.sameFileAs()));
      });
      return complete;
    }
  }

  private static Map<String, String> zip(List<String> names, List<String> values)
      throws IOException {
    if (names.size() != values.size()) {
      throw new IOException(
          "%d names and %d answers of the guest".formatted(names.size(), values.size()));
    }
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      map.put(names.get(i), values.get(i));
    }
    return map;
  }

  private String inspect(String what, String directory, List<String> names) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    for (String name : names) {
      in.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
      in.write(0);
    }
    int code =
        session.exec(
            List.of(INSPECT, what, directory),
            new ByteArrayInputStream(in.toByteArray()),
            out,
            err);
    if (code != 0) {
      throw new IOException(
          "inspect %s: exit code %d: %s"
              .formatted(what, code, err.toString(StandardCharsets.UTF_8)));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /** By path, from what getfattr(1) prints: a line with the path, and one with the value. */
  private static Map<String, String> capabilities(String text) {
    Map<String, String> capabilities = new HashMap<>();
    Matcher matcher = CAPABILITY.matcher(text);
    while (matcher.find()) {
      capabilities.put(matcher.group(1), matcher.group(2));
    }
    return capabilities;
  }

  private static List<String> fields(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.asList(text.substring(0, text.length() - 1).split("\0", -1));
  }

  private static List<String> lines(String text) {
    return text.lines().toList();
  }

  /** What the bytes {@code name} mean to people and to what was recorded. */
  private static String text(String name) {
    return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    machine.close();
    Files.deleteIfExists(Objects.requireNonNull(disk));
  }
}
