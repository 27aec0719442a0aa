package dev.firebuild.worker.network;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** IPv4 addresses as text, and ranges of them in CIDR notation. */
public final class Ipv4 {
  private static final Pattern FORM = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final int BITS = 32;

  private Ipv4() {}

  /** Whether {@code text} is an address. */
  public static boolean isAddress(String text) {
    return FORM.matcher(text).matches()
        && Stream.of(text.split("\\.", -1)).allMatch(part -> Integer.parseInt(part) <= 255);
  }

  /** Whether {@code text} is an address, a slash and the length of a prefix. */
  public static boolean isRange(String text) {
    int slash = text.indexOf('/');
    return slash > 0
        && isAddress(text.substring(0, slash))
        && text.substring(slash + 1).matches("\\d{1,2}")
        && prefixLength(text) <= BITS;
  }

  /** The address of {@code range}, in CIDR notation. */
  public static String address(String range) {
    return range.substring(0, range.indexOf('/'));
  }

  /** The length of the prefix of {@code range}, in CIDR notation. */
  public static int prefixLength(String range) {
    return Integer.parseInt(range.substring(range.indexOf('/') + 1));
  }

  /** Whether {@code range}, in CIDR notation, has {@code address}. */
  public static boolean contains(String range, String address) {
    int shift = BITS - prefixLength(range);
    return number(address(range)) >>> shift == number(address) >>> shift;
  }

  /** The range of all addresses that have the first {@code length} bits of {@code address}. */
  static String network(String address, int length) {
    return text(first(address, length)) + "/" + length;
  }

  /** What all hosts of the network that {@code address} lies in listen to. */
  static List<String> broadcasts(String address, int length) {
    long first = first(address, length);
    long last = first | (1L << (BITS - length)) - 1;
    // Two addresses are two hosts.
    return last - first < 2 ? List.of() : List.of(text(first), text(last));
  }

  private static long first(String address, int length) {
    return number(address) >>> (BITS - length) << (BITS - length);
  }

  private static String text(long number) {
    return "%d.%d.%d.%d"
        .formatted(number >>> 24, number >>> 16 & 255, number >>> 8 & 255, number & 255);
  }

  private static long number(String address) {
    long number = 0;
    for (String part : address.split("\\.", -1)) {
      number = number << 8 | Integer.parseInt(part);
    }
    return number;
  }
}
