package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.Argument;
import dev.firebuild.dockerfile.instruction.Instruction;
import dev.firebuild.dockerfile.instruction.ParsedInstruction;
import dev.firebuild.dockerfile.stage.Dockerfile;
import dev.firebuild.dockerfile.word.Variables;
import dev.firebuild.dockerfile.word.WordException;
import dev.firebuild.dockerfile.word.WordExpander;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The variables that FROM lines see, and that an ARG without a default takes its value from: the
 * platform arguments and the ARG instructions above the first FROM.
 *
 * @see <a
 *     href="https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope">Platform
 *     arguments</a>
 */
final class GlobalArguments implements Variables {
  private final Map<String, String> values = new LinkedHashMap<>();

  private GlobalArguments() {}

  static GlobalArguments of(Dockerfile dockerfile, PlanOptions options, WordExpander expander)
      throws DockerfileException {
    GlobalArguments arguments = new GlobalArguments();
    arguments.addPlatforms(dockerfile, options);
    for (ParsedInstruction parsed : dockerfile.globalArguments()) {
      if (parsed.instruction() instanceof Instruction.Arg arg) {
        for (Argument argument : arg.arguments()) {
          arguments.add(parsed, argument, options, expander);
        }
      }
    }
    return arguments;
  }

  private void addPlatforms(Dockerfile dockerfile, PlanOptions options) {
    Platform build = options.buildPlatform();
    Platform target = options.targetPlatform();
    values.put("BUILDPLATFORM", build.toString());
    values.put("BUILDOS", build.os());
    values.put("BUILDOSVERSION", "");
    values.put("BUILDARCH", build.architecture());
    values.put("BUILDVARIANT", build.variant());
    values.put("TARGETPLATFORM", target.toString());
    values.put("TARGETOS", target.os());
    values.put("TARGETOSVERSION", "");
    values.put("TARGETARCH", target.architecture());
    values.put("TARGETVARIANT", target.variant());
    values.put(
        "TARGETSTAGE",
        options.target().or(() -> dockerfile.stages().getLast().from().name()).orElse("default"));
    values.replaceAll((name, value) -> options.buildArgs().getOrDefault(name, value));
  }

  private void add(
      ParsedInstruction parsed, Argument argument, PlanOptions options, WordExpander expander)
      throws DockerfileException {
    Optional<String> given = Optional.ofNullable(options.buildArgs().get(argument.name()));
    if (given.isPresent()) {
      values.put(argument.name(), given.get());
    } else if (argument.defaultValue().isPresent()) {
      try {
        values.put(argument.name(), expander.expand(argument.defaultValue().get(), this));
      } catch (WordException e) {
        throw parsed.text().error(Phase.PLAN, e.getMessage(), argument.name());
      }
    }
  }

  @Override
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }
}
