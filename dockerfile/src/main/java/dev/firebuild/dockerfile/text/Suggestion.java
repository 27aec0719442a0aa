package dev.firebuild.dockerfile.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Guesses what a misspelt word was meant to be. */
public final class Suggestion {
  private static final int DISTANCE_LIMIT = 3;
  private static final int MOST = 3;

  private Suggestion() {}

  /** {@code (did you mean NAME?)}, or nothing if no candidate is near. */
  public static String forWord(String word, Collection<String> candidates) {
    if (word.length() > 40) {
      return "";
    }
    int limit = Math.min(DISTANCE_LIMIT, Math.max(1, word.length() / 2));
    return candidates.stream()
        .filter(c -> distance(word, c) <= limit)
        .min(Comparator.comparingInt((String c) -> distance(word, c)).thenComparing(c -> c))
        .map(" (did you mean %s?)"::formatted)
        .orElse("");
  }

  /**
   * {@code (did you mean NAME:TAG, NAME:TAG?)}: the images {@code known} under the same name, else
   * the nearest one.
   */
  public static String forReference(String reference, Collection<String> known) {
    String name = nameOf(reference);
    List<String> sameName =
        known.stream().filter(other -> nameOf(other).equals(name)).sorted().limit(MOST).toList();
    return sameName.isEmpty()
        ? forWord(reference, known)
        : " (did you mean %s?)".formatted(String.join(", ", sameName));
  }

  private static String nameOf(String reference) {
    int colon = reference.lastIndexOf(':');
    return colon > reference.lastIndexOf('/') ? reference.substring(0, colon) : reference;
  }

  /** The number of characters to insert, remove or replace (Levenshtein); case is no difference. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
