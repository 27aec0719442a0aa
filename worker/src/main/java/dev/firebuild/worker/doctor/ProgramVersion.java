package dev.firebuild.worker.doctor;

import dev.firebuild.worker.host.ProcessResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says whether a program is new enough.
 *
 * @param flag that makes it print its version
 * @param least the oldest version that is tried with firebuild
 */
record ProgramVersion(String name, String flag, String least) implements Probe {
  private static final Pattern VERSION = Pattern.compile("(?<![\\d.])(\\d+(?:\\.\\d+)+)");

  @Override
  public Finding look(Host host) throws UnknownException {
    if (host.program(name).isEmpty()) {
      throw new UnknownException(name + " is not installed");
    }
    ProcessResult said = host.run(name, flag);
    // mke2fs prints it as an error.
    Matcher version = VERSION.matcher(said.stdout() + "\n" + said.stderr());
    if (!version.find()) {
      throw new UnknownException("%s %s names no version".formatted(name, flag));
    }
    return Versions.compare(version.group(1), least) >= 0
        ? Finding.pass(version.group(1))
        : Finding.warn(
            "%s; firebuild is tried with %s and later".formatted(version.group(1), least),
            "use the one of Debian 12 or later");
  }
}
