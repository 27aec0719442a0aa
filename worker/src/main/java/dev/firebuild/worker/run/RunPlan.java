package dev.firebuild.worker.run;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.worker.guest.Program;
import dev.firebuild.worker.vm.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What runs: the request laid over the image's configuration, as Docker does it.
 *
 * @param hostname of the guest
 * @param workload the program
 */
record RunPlan(String hostname, Workload.Run workload) {
  private static final int SHORT_ID = 12;

  /** Throws {@link RunException} if there is nothing to run. */
  static RunPlan of(String id, RunRequest request, ImageConfig image) throws RunException {
    String hostname = request.hostname().orElseGet(() -> hostnameOf(id));
    Program program =
        new Program(
            arguments(request, image),
            environment(request, image, hostname),
            image.user(),
            image.workingDir().isEmpty() ? "/" : image.workingDir());
    return new RunPlan(
        hostname,
        new Workload.Run(
            program,
            image.stopSignal().isEmpty() ? "SIGTERM" : image.stopSignal(),
            sshUser(request),
            request.authorizedKeys()));
  }

  private static List<String> arguments(RunRequest request, ImageConfig image) throws RunException {
    List<String> arguments = new ArrayList<>(image.entrypoint());
    arguments.addAll(request.command().isEmpty() ? image.cmd() : request.command());
    if (arguments.isEmpty()) {
      throw new RunException(
          FailureCode.INVALID_REQUEST,
          "cannot run %s: the image has neither ENTRYPOINT nor CMD, and the request has no command;"
                  .formatted(request.image())
              + " name one after the image");
    }
    return arguments;
  }

  private static Map<String, String> environment(
      RunRequest request, ImageConfig image, String hostname) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("HOSTNAME", hostname);
    for (String variable : image.env()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    environment.putAll(request.env());
    return environment;
  }

  private static Optional<String> sshUser(RunRequest request) {
    return request.authorizedKeys().isEmpty()
        ? Optional.empty()
        : Optional.of(request.sshUser().orElse("root"));
  }

  /** Foreign ids may hold what a host name may not. */
  private static String hostnameOf(String id) {
    String start = id.substring(0, Math.min(SHORT_ID, id.length()));
    String name = start.replaceAll("[^A-Za-z0-9-]", "-").replaceAll("^-+|-+$", "");
    return name.isEmpty() ? "vm" : name;
  }
}
