package dev.firebuild.protocol;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Identifiers. The ones that firebuild draws have 20 characters {@code [a-z0-9]}; those of foreign
 * producers match {@code [A-Za-z0-9._-]{1,128}}.
 */
public final class Ids {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 20;
  private static final Pattern FOREIGN = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private Ids() {}

  /** Draws a new id of 20 characters {@code [a-z0-9]} from {@code random}. */
  public static String draw(RandomGenerator random) {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  /** Whether {@code id} may be the id of a request, a build or a VM. */
  public static boolean isValid(String id) {
    return FOREIGN.matcher(id).matches() && !id.equals(".") && !id.equals("..");
  }

  /**
   * Returns {@code id}; throws {@link IllegalArgumentException} naming the rule if it is not one.
   */
  public static String requireValid(String id) {
    if (!isValid(id)) {
      throw new IllegalArgumentException(
          "id %s: an id has 1 to 128 characters of A-Z a-z 0-9 . _ -".formatted(Text.quote(id)));
    }
    return id;
  }

  /** The id of a request that came without one: derived from where the record lies. */
  public static String ofRecord(String topic, int partition, long offset) {
    return topic + "-" + partition + "-" + offset;
  }
}
