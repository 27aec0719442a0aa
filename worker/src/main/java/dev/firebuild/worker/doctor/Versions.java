package dev.firebuild.worker.doctor;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Compares versions by the numbers in them. */
final class Versions {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private Versions() {}

  /** Below, at or above 0 as {@code one} is older than, as old as or newer than {@code other}. */
  static int compare(String one, String other) {
    List<BigInteger> ours = numbers(one);
    List<BigInteger> theirs = numbers(other);
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      int order = ours.get(i).compareTo(theirs.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(ours.size(), theirs.size());
  }

  private static List<BigInteger> numbers(String version) {
    return NUMBER.matcher(version).results().map(MatchResult::group).map(BigInteger::new).toList();
  }
}
