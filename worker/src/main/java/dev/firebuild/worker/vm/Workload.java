package dev.firebuild.worker.vm;

import dev.firebuild.worker.guest.Program;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a guest does once it is up. */
public sealed interface Workload {
  /** Waits for build steps over its SSH session. */
  record Build() implements Workload {}

  /**
   * Runs one program as Docker would run a container's, in a world of its own that has the whole
   * machine's rights; the VM ends after it.
   *
   * @param program argument vector, environment, user, working directory
   * @param stopSignal name or number of the signal that asks the program to end, as in an image's
   *     {@code StopSignal}, for example {@code SIGTERM}
   * @param sshUser the image's user who may log in on port 22 with {@code authorizedKeys}
   * @param authorizedKeys OpenSSH public keys
   */
  record Run(
      Program program, String stopSignal, Optional<String> sshUser, List<String> authorizedKeys)
      implements Workload {
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");

    /** Throws {@link IllegalArgumentException} if the user is none that a passwd file can have. */
    public Run {
      if (sshUser.filter(user -> !USER.matcher(user).matches()).isPresent()) {
        throw new IllegalArgumentException("sshUser: not a user name");
      }
      authorizedKeys = List.copyOf(authorizedKeys);
    }
  }
}
