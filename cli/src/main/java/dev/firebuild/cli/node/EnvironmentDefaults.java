package dev.firebuild.cli.node;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A flag that is not given is taken from the environment: {@code --kafka-listen} from {@code
 * FIREBUILD_KAFKA_LISTEN}. What neither gives has its default.
 */
public final class EnvironmentDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;

  public EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The variable that stands for {@code option}, written as on the command line. */
  public static String variable(String option) {
    return "FIREBUILD_" + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option && option.longestName().startsWith("--")) {
      return environment.get(variable(option.longestName()));
    }
    return null;
  }
}
