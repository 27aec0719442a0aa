package dev.firebuild.dockerfile.plan;

import java.util.Optional;

/**
 * The value of {@code --chown}.
 *
 * @param user a name, or a number
 * @param group a name or a number; if absent, a user by name brings its own group of the image's
 *     {@code /etc/passwd}, and a number is the group's number too
 */
public record Owner(String user, Optional<String> group) {
  /** Reads {@code user[:group]}. */
  public static Owner parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new Owner(text, Optional.empty())
        : new Owner(text.substring(0, colon), Optional.of(text.substring(colon + 1)));
  }

  /** Whether both parts are numbers, so that nobody needs to look into the image. */
  public boolean numeric() {
    return isNumber(user) && group.map(Owner::isNumber).orElse(true);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
