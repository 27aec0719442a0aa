package dev.firebuild.worker.vm;

import dev.firebuild.worker.host.Ext4;
import dev.firebuild.worker.host.ProcessCommand;
import dev.firebuild.worker.host.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** A base layer of one static program and a few users. */
final class BusyboxTree {
  private static final long BYTES = 32L << 20;

  private BusyboxTree() {}

  static void layer(Processes processes, Path directory, Path file) throws IOException {
    Path root = Files.createDirectories(directory.resolve(".up"));
    for (String name :
        List.of("bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "usr/bin")) {
      Files.createDirectory(root.resolve(name));
    }
    Path busybox = processes.find("busybox").orElseThrow();
    Files.copy(busybox, root.resolve("bin/busybox"));
    processes
        .require(ProcessCommand.of(busybox.toString(), "--list"))
        .stdout()
        .lines()
        .filter(applet -> !applet.equals("busybox"))
        .forEach(applet -> link(root.resolve("bin").resolve(applet)));
    Files.writeString(
        root.resolve("etc/passwd"),
        """
        root:x:0:0:root:/root:/bin/sh
        svc:x:200:300:service:/var/svc:/bin/sh
        app:x:1000:1000:app:/home/app:/bin/sh
        """);
    Files.writeString(
        root.resolve("etc/group"),
        """
        root:x:0:
        wheel:x:10:root
        staff:x:50:app
        audio:x:63:app,svc
        svcgrp:x:300:
        app:x:1000:
        """);
    processes.require(ProcessCommand.of("chmod", "1777", root.resolve("tmp").toString()));
    new Ext4(processes, new SecureRandom()).createFrom(directory, file, BYTES);
  }

  private static void link(Path path) {
    try {
      Files.createSymbolicLink(path, Path.of("busybox"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
