package dev.firebuild.worker.host;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The memory of this host, or of the container that this process is in. */
public final class HostMemory {
  private HostMemory() {}

  /** All of it, in MiB. */
  public static int mib() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return (int) Math.min(Integer.MAX_VALUE, system.getTotalMemorySize() >> 20);
  }
}
