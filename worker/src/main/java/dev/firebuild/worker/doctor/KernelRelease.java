package dev.firebuild.worker.doctor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of Linux.
 *
 * @param text all of it, as {@code 6.1.0-18-cloud-amd64}
 */
record KernelRelease(int major, int minor, String text) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

  /** The one that runs. */
  static KernelRelease of(Host host) throws UnknownException {
    String text = host.line("/proc/sys/kernel/osrelease");
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new UnknownException("this kernel's release is no version: " + text);
    }
    return new KernelRelease(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), text);
  }

  boolean isAtLeast(int leastMajor, int leastMinor) {
    return major > leastMajor || (major == leastMajor && minor >= leastMinor);
  }

  /** {@code 6.1}. */
  String line() {
    return major + "." + minor;
  }
}
