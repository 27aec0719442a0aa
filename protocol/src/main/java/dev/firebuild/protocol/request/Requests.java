package dev.firebuild.protocol.request;

import dev.firebuild.protocol.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules that several requests share. */
final class Requests {
  static final int INLINE_LIMIT = 256 * 1024;

  private static final Pattern IP_ADDRESS =
      Pattern.compile(
          "(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern HOSTNAME =
      Pattern.compile(
          "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
  private static final int HOSTNAME_LIMIT = 64;

  private Requests() {}

  /** JSON can leave a required field out, whatever the type says. */
  static void requirePresent(String field, @Nullable Object value) {
    if (value == null || value.equals("")) {
      throw new IllegalArgumentException(field + ": is required");
    }
  }

  static void requireName(String field, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s %s: expected 1 to 128 letters, digits and . _ -, beginning with a letter or digit"
              .formatted(field, Text.quote(value)));
    }
  }

  static void requireHostname(String value) {
    if (value.length() > HOSTNAME_LIMIT || !HOSTNAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "hostname %s: expected labels of letters, digits and -, at most 64 characters in all"
              .formatted(Text.quote(value)));
    }
  }

  static void requireVariable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "env %s: a variable's name is not empty and holds no =".formatted(Text.quote(name)));
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "env %s: a value cannot hold a NUL character".formatted(Text.quote(name)));
    }
  }

  /** What ends up in a program's arguments or environment, where NUL is the end of a text. */
  static void requireNoNul(String field, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "%s %s: a NUL character cannot be passed to a program"
              .formatted(field, Text.quote(value)));
    }
  }

  static void requireIpAddress(String address) {
    if (!IP_ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException(
          "ipAddress %s: expected an IPv4 address".formatted(Text.quote(address)));
    }
  }

  static void requirePublicKey(String key) {
    if (key.indexOf('\n') >= 0 || key.split(" ", -1).length < 2 || key.contains("PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "authorizedKeys: expected OpenSSH public keys, one line each");
    }
  }

  static void requireBetween(String field, Optional<Integer> value, int least, int most) {
    value.ifPresent(number -> {
      if (number < least || number > most) {
        throw new IllegalArgumentException(
            "%s %d: expected %d to %d".formatted(field, number, least, most));
      }
    });
  }

  static Map<String, String> copy(@Nullable Map<String, String> values) {
    return values == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  static <T> List<T> copy(@Nullable List<T> values) {
    return values == null ? List.of() : List.copyOf(values);
  }
}
