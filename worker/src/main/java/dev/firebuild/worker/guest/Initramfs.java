package dev.firebuild.worker.guest;

import dev.firebuild.worker.guest.kernel.Kernel;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the one initramfs of every guest: busybox, an SSH server, a few programs of util-linux and
 * coreutils with their libraries, the kernel's modules, and our scripts. It is kept under the hash
 * of what it is made of.
 */
public final class Initramfs {
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+)\\s+\\(0x");

  /** In the guest these lie in {@code /usr/bin}: busybox has applets of the same names. */
  private static final List<String> PROGRAMS =
      List.of("setpriv", "fsfreeze", "fallocate", "tail", "env", "tar");

  private static final Set<String> UNWANTED_APPLETS =
      Set.of("busybox", "dpkg", "dpkg-deb", "rpm", "rpm2cpio");

  private static final List<String> DIRECTORIES =
      List.of(
          "bin",
          "dev",
          "empty",
          "etc",
          "image",
          "input",
          "lib",
          "lib/firebuild",
          "lib/modules",
          "lower",
          "proc",
          "run",
          "skel",
          "skel/dev",
          "skel/etc",
          "skel/proc",
          "skel/run",
          "skel/sys",
          "sys",
          "upper",
          "usr",
          "usr/bin",
          "usr/sbin");

  private static final String STEP_DEVICES = "lib/firebuild/devices";

  private static final List<String> SCRIPTS =
      List.of(
          "cancel-step",
          "common.sh",
          "drop",
          "exit-code",
          "freeze",
          "halt",
          "login",
          "mount-layers",
          "output",
          "program.sh",
          "release",
          "run",
          "run-world",
          "spool",
          "status",
          "step",
          "step-world",
          "stop",
          "user-ssh",
          "users.awk",
          "world.sh");

  private final Processes processes;
  private final Path cache;
  private final GuestScripts more;
  private final Map<Kernel, Path> made = new ConcurrentHashMap<>();

  /**
   * @param cache directory for the files made
   * @param more scripts beside those of every guest
   */
  public Initramfs(Processes processes, Path cache, GuestScripts more) {
    this.processes = processes;
    this.cache = cache;
    this.more = more;
  }

  /**
   * The initramfs for {@code kernel}, made if it is not there yet.
   *
   * @throws IOException naming the program and the package if the host lacks one
   */
  public synchronized Path forKernel(Kernel kernel) throws IOException {
    Path known = made.get(kernel);
    if (known != null && Files.exists(known)) {
      return known;
    }
    InitramfsTree tree = collect(kernel);
    Path file = cache.resolve("initramfs-" + tree.digest() + ".cpio");
    if (!Files.exists(file)) {
      Files.createDirectories(cache);
      // Of a worker that is killed meanwhile the next one finds it by its name.
      Path partial = file.resolveSibling(file.getFileName() + ".part");
      try {
        tree.write(partial);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(partial);
      }
    }
    made.put(kernel, file);
    return file;
  }

  private InitramfsTree collect(Kernel kernel) throws IOException {
    InitramfsTree tree = new InitramfsTree();
    addOwn(tree, more, _ -> true);
    addBusybox(tree);
    for (String program : PROGRAMS) {
      addProgram(tree, program, "usr/bin/" + program);
    }
    addProgram(tree, "dropbear", "usr/sbin/dropbear");
    addModules(tree, kernel);
    return tree;
  }

  /**
   * What does not come from the host: directories, small files, and the scripts that are wanted.
   */
  static void addOwn(InitramfsTree tree, GuestScripts more, Predicate<String> wanted) {
    DIRECTORIES.forEach(directory -> tree.directory(directory, 0755));
    tree.directory("root", 0700);
    tree.directory("root/.ssh", 0700);
    tree.directory("tmp", 01777);
    tree.directory("skel/tmp", 01777);
    tree.file("init", 0755, script("init"));
    SCRIPTS.stream()
        .filter(wanted)
        .forEach(name -> tree.file("lib/firebuild/" + name, 0755, script(name)));
    for (GuestScripts.Script script : more.scripts()) {
      tree.file("lib/firebuild/" + script.name(), 0755, script.bytes());
    }
    for (String name : List.of("hosts", "resolv.conf", "hostname")) {
      tree.file("skel/etc/" + name, "");
    }
    // Without a console the kernel starts /init with no standard output.
    tree.characterDevice("dev/console", 0600, 5, 1);
    tree.characterDevice("dev/null", 0666, 1, 3);
    addStepDevices(tree);
    tree.file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    tree.file("etc/group", "root:x:0:\n");
    tree.file("etc/shells", "/bin/sh\n");
    tree.file("etc/nsswitch.conf", "passwd: files\n");
  }

  /** What a step finds in /dev: copied as a whole, since each program takes its time to start. */
  private static void addStepDevices(InitramfsTree tree) {
    for (String directory : List.of("", "/pts", "/shm", "/mqueue")) {
      tree.directory(STEP_DEVICES + directory, 0755);
    }
    tree.characterDevice(STEP_DEVICES + "/null", 0666, 1, 3);
    tree.characterDevice(STEP_DEVICES + "/zero", 0666, 1, 5);
    tree.characterDevice(STEP_DEVICES + "/full", 0666, 1, 7);
    tree.characterDevice(STEP_DEVICES + "/random", 0666, 1, 8);
    tree.characterDevice(STEP_DEVICES + "/urandom", 0666, 1, 9);
    tree.characterDevice(STEP_DEVICES + "/tty", 0666, 5, 0);
    tree.link(STEP_DEVICES + "/fd", "/proc/self/fd");
    tree.link(STEP_DEVICES + "/stdin", "/proc/self/fd/0");
    tree.link(STEP_DEVICES + "/stdout", "/proc/self/fd/1");
    tree.link(STEP_DEVICES + "/stderr", "/proc/self/fd/2");
    tree.link(STEP_DEVICES + "/ptmx", "pts/ptmx");
  }

  private void addBusybox(InitramfsTree tree) throws IOException {
    Path busybox = require("busybox");
    tree.file("bin/busybox", 0755, Files.readAllBytes(busybox));
    String applets = processes.require(ProcessCommand.of(busybox.toString(), "--list")).stdout();
    applets
        .lines()
        .filter(applet -> !UNWANTED_APPLETS.contains(applet))
        .forEach(applet -> tree.link("bin/" + applet, "busybox"));
  }

  private void addProgram(InitramfsTree tree, String name, String path) throws IOException {
    Path program = require(name);
    tree.file(path, 0755, Files.readAllBytes(program));
    String libraries = processes.require(ProcessCommand.of("ldd", program.toString())).stdout();
    Matcher matcher = LIBRARY.matcher(libraries);
    while (matcher.find()) {
      String library = matcher.group(1);
      Path parent = Path.of(library.substring(1)).getParent();
      if (parent != null) {
        tree.directories(parent);
      }
      tree.file(library.substring(1), 0755, Files.readAllBytes(Path.of(library)));
    }
  }

  private Path require(String program) throws IOException {
    return processes
        .find(program)
        .orElseThrow(() ->
            new IOException(
                "cannot make the initramfs: the program %s is not installed (Debian packages: busybox-static dropbear-bin util-linux coreutils tar)"
                    .formatted(program)));
  }

  private static void addModules(InitramfsTree tree, Kernel kernel) throws IOException {
    StringBuilder order = new StringBuilder();
    for (String module : kernel.moduleOrder()) {
      tree.file(
          "lib/modules/" + module, 0644, Files.readAllBytes(kernel.modules().resolve(module)));
      order.append(module).append('\n');
    }
    tree.file("lib/modules/order", order.toString());
  }

  private static byte[] script(String name) {
    return new GuestScripts.Script(name, Initramfs.class, name).bytes();
  }
}
