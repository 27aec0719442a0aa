package dev.firebuild.cli.node;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A {@link Setting} whose flag is not given is taken from the environment. What neither gives has
 * its default; an empty variable gives nothing.
 */
public final class EnvironmentDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;

  public EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The variable that gives {@code argument} its value where no flag does. */
  public Optional<String> variable(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? Setting.of(option).map(Setting::variable).filter(name -> value(name).isPresent())
        : Optional.empty();
  }

  private Optional<String> value(String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isEmpty());
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return variable(argument).flatMap(this::value).orElse(null);
  }
}
