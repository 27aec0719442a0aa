package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.instruction.MountFields;
import dev.firebuild.dockerfile.pattern.Paths;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.Locale;
import java.util.Optional;

/**
 * Plans one {@code RUN --mount}.
 *
 * @see <a href="https://docs.docker.com/reference/dockerfile/#run---mount">RUN --mount</a>
 */
final class MountPlanner {
  private final InstructionText text;
  private final String directory;
  private final Expansion expansion;

  MountPlanner(InstructionText text, String directory, Expansion expansion) {
    this.text = text;
    this.directory = directory;
    this.expansion = expansion;
  }

  /**
   * Reads a mount.
   *
   * @param value of the flag
   * @param from what its {@code from} means; the context if it has none
   */
  Mount plan(String value, FilesFrom from) throws DockerfileException {
    MountSettings settings = new MountSettings();
    try {
      for (String field : MountFields.parse(value)) {
        int equals = field.indexOf('=');
        if (equals < 0) {
          settings.setSwitch(field.toLowerCase(Locale.ROOT), field);
        } else {
          settings.set(
              field.substring(0, equals).toLowerCase(Locale.ROOT),
              expansion.expand(field.substring(equals + 1)),
              field);
        }
      }
      settings.check();
      return mount(settings, from);
    } catch (IllegalArgumentException e) {
      throw text.error(Phase.PLAN, String.valueOf(e.getMessage()), "--mount");
    }
  }

  private Mount mount(MountSettings settings, FilesFrom from) {
    return switch (settings.type) {
      case BIND ->
          new Mount.Bind(
              from, Paths.clean("/" + settings.source), target(settings), settings.isReadOnly());
      case CACHE ->
          new Mount.Cache(
              settings.id.isEmpty() ? Paths.clean(settings.target) : settings.id,
              target(settings),
              settings.isReadOnly(),
              settings.sharing.orElse(Mount.Sharing.SHARED),
              settings.from.isEmpty() ? new FilesFrom.Scratch() : from,
              Paths.clean("/" + settings.source),
              settings.mode,
              settings.uid,
              settings.gid);
      case TMPFS -> new Mount.Tmpfs(target(settings), settings.sizeLimit);
      case SECRET -> secret(settings);
      case SSH ->
          new Mount.Ssh(
              settings.id,
              settings.target,
              settings.required,
              settings.mode,
              settings.uid,
              settings.gid);
    };
  }

  private Mount secret(MountSettings settings) {
    String id = settings.source.isEmpty() ? settings.id : settings.source;
    if (id.isEmpty()) {
      id = lastName(settings.target);
    }
    Optional<String> target =
        Optional.of(settings.target)
            .filter(path -> !path.isEmpty())
            .map(path -> Paths.resolve(directory, path));
    if (target.isEmpty() && settings.variable.isEmpty()) {
      target = Optional.of("/run/secrets/" + lastName(id));
    }
    return new Mount.Secret(
        id,
        target,
        settings.variable,
        settings.required,
        settings.mode,
        settings.uid,
        settings.gid);
  }

  private static String lastName(String path) {
    String clean = Paths.clean(path);
    return clean.substring(clean.lastIndexOf('/') + 1);
  }

  private String target(MountSettings settings) {
    String target = Paths.resolve(directory, settings.target);
    if (target.equals("/")) {
      throw new IllegalArgumentException("invalid mount target \"/\"");
    }
    return target;
  }
}
