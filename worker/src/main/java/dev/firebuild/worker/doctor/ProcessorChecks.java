package dev.firebuild.worker.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The processors, their microcode, and the clock that they give. */
final class ProcessorChecks {
  private static final String SMT = "/sys/devices/system/cpu/smt/";
  private static final String CLOCK = "/sys/devices/system/clocksource/clocksource0/";
  private static final String MEMORY_CONTROLLERS = "/sys/devices/system/edac/mc/";

  private ProcessorChecks() {}

  static List<Check> all() {
    return List.of(
        check(
            "processor-architecture",
            "The host is x86-64",
            Source.GETTING_STARTED,
            ProcessorChecks::architecture),
        check(
            "processor-virtualization",
            "The processor virtualizes",
            Source.GETTING_STARTED,
            ProcessorChecks::virtualization),
        check(
            "bare-metal",
            "The host is no virtual machine itself",
            Source.GETTING_STARTED,
            ProcessorChecks::bareMetal),
        check("smt", "Cores have one thread each", Source.PRODUCTION, ProcessorChecks::smt),
        check(
            "microcode", "The microcode is current", Source.PRODUCTION, ProcessorChecks::microcode),
        check(
            "microcode-uniform",
            "All processors have the same microcode",
            Source.PRODUCTION,
            ProcessorChecks::uniform),
        check(
            "rowhammer",
            "Memory corrects errors (ECC), which hampers Rowhammer",
            Source.PRODUCTION,
            ProcessorChecks::rowhammer),
        check(
            "arm-counter",
            "Guests do not see an ARM host's physical counter",
            Source.PRODUCTION,
            ProcessorChecks::armCounter),
        check(
            "clock-source",
            "The kernel reads time from a fast clock",
            Source.FAQ,
            ProcessorChecks::clockSource),
        check(
            "timestamp-counter",
            "The processor's clock runs evenly",
            Source.SNAPSHOTS,
            ProcessorChecks::timestampCounter),
        check(
            "processor-random",
            "The processor makes random numbers",
            Source.CLONES,
            ProcessorChecks::random));
  }

  private static Check check(String id, String title, Source source, Probe probe) {
    return new Check(id, Group.PROCESSOR, title, source, probe);
  }

  private static Finding architecture(Host host) throws UnknownException {
    Processors processors = Processors.of(host);
    if (processors.isX86() && processors.has("lm")) {
      return Finding.pass(processors.model());
    }
    return Finding.fail(
        "guests of firebuild are x86-64, this host is not", "use a host with x86-64 processors");
  }

  private static Finding virtualization(Host host) throws UnknownException {
    Processors processors = Processors.of(host);
    if (processors.has("vmx") || processors.has("svm")) {
      return Finding.pass(processors.has("vmx") ? "vmx" : "svm");
    }
    return Finding.warn(
        "the processor shows neither vmx nor svm: QEMU emulates the guests, which is slow, and Firecracker cannot run",
        processors.areVirtual()
            ? "allow nested virtualization for this virtual machine at its host"
            : "switch VT-x or AMD-V on in the firmware");
  }

  private static Finding bareMetal(Host host) throws UnknownException {
    return Processors.of(host).areVirtual()
        ? Finding.warn(
            "a hypervisor is below this host: guests are slower, and what isolates them lies partly in other hands",
            "use bare metal in production")
        : Finding.pass("no hypervisor shows itself");
  }

  private static Finding smt(Host host) throws UnknownException {
    String control = host.line(SMT + "control");
    String active = host.text(SMT + "active").orElse("").strip();
    if (active.equals("0") || Set.of("off", "forceoff", "notsupported").contains(control)) {
      return Finding.pass("smt/control is " + control);
    }
    return Finding.warn(
        "smt/control is %s: two guests on one core can learn of each other".formatted(control),
        "echo off > %scontrol, and nosmt on the boot line".formatted(SMT));
  }

  private static Finding microcode(Host host) throws UnknownException {
    Processors processors = Processors.of(host);
    String remedy =
        "apt-get install %s && reboot"
            .formatted(processors.isIntel() ? "intel-microcode" : "amd64-microcode");
    List<String> lacking = new ArrayList<>();
    for (String name : host.names(Vulnerability.FOLDER)) {
      if (host.text(Vulnerability.FOLDER + name).orElse("").contains("no microcode")) {
        lacking.add(name);
      }
    }
    if (!lacking.isEmpty()) {
      return Finding.fail("mitigations lack microcode: " + String.join(", ", lacking), remedy);
    }
    String old = host.text(Vulnerability.FOLDER + "old_microcode").orElse("").strip();
    if (old.startsWith("Vulnerable")) {
      return Finding.fail("the kernel knows newer microcode than this", remedy);
    }
    if (processors.areVirtual()) {
      return Finding.skip("only the host below this virtual machine knows its microcode");
    }
    Set<String> revisions = processors.values("microcode");
    return revisions.isEmpty()
        ? Finding.skip("the kernel does not tell the microcode's revision")
        : Finding.pass(
            "revision %s; no mitigation lacks it".formatted(String.join(", ", revisions)));
  }

  private static Finding uniform(Host host) throws UnknownException {
    Set<String> revisions = Processors.of(host).values("microcode");
    return switch (revisions.size()) {
      case 0 -> Finding.skip("the kernel does not tell the microcode's revision");
      case 1 -> Finding.pass("revision " + String.join("", revisions));
      default ->
          Finding.warn(
              "revisions %s: it was loaded late, or not everywhere"
                  .formatted(String.join(", ", revisions)),
              "load microcode early, from the initramfs: update-initramfs -u && reboot");
    };
  }

  private static Finding rowhammer(Host host) throws UnknownException {
    if (Processors.of(host).areVirtual()) {
      return Finding.skip("only the host below this virtual machine knows its memory");
    }
    List<String> controllers =
        host.names(MEMORY_CONTROLLERS).stream().filter(name -> name.matches("mc\\d+")).toList();
    if (controllers.isEmpty()) {
      return Finding.warn(
          "no memory controller reports errors: there is no ECC, or no EDAC driver for it",
          "look with: dmidecode -t memory; use DDR4 or DDR5 with ECC in production");
    }
    for (String controller : controllers) {
      for (String module : host.names(MEMORY_CONTROLLERS + controller)) {
        String folder = MEMORY_CONTROLLERS + controller + "/" + module + "/";
        String mode = host.text(folder + "dimm_edac_mode").orElse("").strip();
        if (mode.equals("None")) {
          return Finding.warn(
              "memory module %s of %s has no ECC".formatted(module, controller),
              "use DDR4 or DDR5 with ECC in production");
        }
      }
    }
    return Finding.pass("memory controllers with ECC: " + controllers.size());
  }

  private static Finding armCounter(Host host) throws UnknownException {
    if (Processors.of(host).isX86()) {
      return Finding.skip("only ARM hosts have one");
    }
    KernelRelease kernel = KernelRelease.of(host);
    return kernel.isAtLeast(6, 4)
        ? Finding.pass("Linux %s resets it for guests".formatted(kernel.line()))
        : Finding.warn(
            "Linux %s passes it through".formatted(kernel.line()), "boot Linux 6.4 or later");
  }

  private static Finding clockSource(Host host) throws UnknownException {
    String source = host.line(CLOCK + "current_clocksource");
    boolean fast =
        Set.of("tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter")
            .contains(source);
    return fast
        ? Finding.pass(source)
        : Finding.warn(
            "the kernel uses %s, which is slow to read and keeps guests from kvm-clock"
                .formatted(source),
            "see why with: dmesg | grep -i -e tsc -e clocksource");
  }

  private static Finding timestampCounter(Host host) throws UnknownException {
    Processors processors = Processors.of(host);
    if (!processors.isX86()) {
      return Finding.skip("only x86 hosts have one");
    }
    boolean even = processors.has("constant_tsc") && processors.has("nonstop_tsc");
    return even
        ? Finding.pass("constant_tsc, nonstop_tsc")
        : Finding.warn(
            "its rate changes or it stops: time in guests drifts, above all after a snapshot",
            "use processors with constant_tsc and nonstop_tsc");
  }

  private static Finding random(Host host) throws UnknownException {
    Processors processors = Processors.of(host);
    if (!processors.isX86()) {
      return Finding.skip("looked at on x86 only");
    }
    return processors.has("rdrand")
        ? Finding.pass("rdrand")
        : Finding.warn(
            "it has no rdrand: guests that continue from one snapshot may draw the same numbers at first",
            "use processors with rdrand");
  }
}
