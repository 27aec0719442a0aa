package dev.firebuild.protocol;

import java.util.random.RandomGenerator;

/**
 * Identifiers. The ones that firebuild draws have 20 characters {@code [a-z0-9]}; those of foreign
 * producers match {@code [A-Za-z0-9._-]{1,128}}.
 */
public final class Ids {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 20;
  private static final int FOREIGN_LENGTH = 128;

  /** A number below this is half an id: a secure source gives numbers slowly, so few are drawn. */
  private static final long HALF = Math.powExact((long) ALPHABET.length(), LENGTH / 2);

  private Ids() {}

  /** Draws a new id of 20 characters {@code [a-z0-9]} from {@code random}. */
  public static String draw(RandomGenerator random) {
    StringBuilder id = new StringBuilder(LENGTH);
    appendHalf(id, random.nextLong(HALF));
    appendHalf(id, random.nextLong(HALF));
    return id.toString();
  }

  private static void appendHalf(StringBuilder id, long number) {
    long left = number;
    for (int i = 0; i < LENGTH / 2; i++) {
      id.append(ALPHABET.charAt((int) (left % ALPHABET.length())));
      left /= ALPHABET.length();
    }
  }

  /** Whether {@code id} may be the id of a request, a build or a VM. */
  public static boolean isValid(String id) {
    return Words.isWord(id, FOREIGN_LENGTH) && !id.equals(".") && !id.equals("..");
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
