package dev.firebuild.dockerfile.plan;

import dev.firebuild.dockerfile.text.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of one {@code --mount}, read one after the other; some are only allowed behind the
 * type. All methods throw {@link IllegalArgumentException} saying what is wrong.
 */
final class MountSettings {
  enum Type {
    BIND,
    CACHE,
    TMPFS,
    SECRET,
    SSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final List<String> KEYS =
      List.of(
          "type",
          "from",
          "source",
          "target",
          "readonly",
          "id",
          "sharing",
          "required",
          "size",
          "mode",
          "uid",
          "gid",
          "src",
          "dst",
          "destination",
          "ro",
          "rw",
          "readwrite",
          "env");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([kmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);
  private static final Pattern OCTAL = Pattern.compile("[0-7]{1,10}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  Type type = Type.BIND;
  String from = "";
  String source = "";
  String target = "";
  String id = "";
  boolean required;
  long sizeLimit;
  Optional<Boolean> readOnly = Optional.empty();
  Optional<Mount.Sharing> sharing = Optional.empty();
  Optional<String> variable = Optional.empty();
  OptionalInt mode = OptionalInt.empty();
  OptionalLong uid = OptionalLong.empty();
  OptionalLong gid = OptionalLong.empty();

  /** A field without a value. */
  void setSwitch(String key, String field) {
    switch (key) {
      case "readonly", "ro" -> readOnly = Optional.of(true);
      case "readwrite", "rw" -> readOnly = Optional.of(false);
      case "required" -> {
        requireType(key, Type.SECRET, Type.SSH);
        required = true;
      }
      default ->
          throw new IllegalArgumentException(
              "invalid field '%s' must be a key=value pair".formatted(field));
    }
  }

  /** A field with a value. */
  void set(String key, String value, String field) {
    switch (key) {
      case "type" -> type = type(value);
      case "from" -> from = value;
      case "source", "src" -> source = value;
      case "target", "dst", "destination" -> target = value;
      case "readonly", "ro" -> readOnly = Optional.of(bool(key, value));
      case "readwrite", "rw" -> readOnly = Optional.of(!bool(key, value));
      case "required" -> {
        requireType(key, Type.SECRET, Type.SSH);
        required = bool(key, value);
      }
      case "size" -> {
        requireType(key, Type.TMPFS);
        sizeLimit = size(key, value);
      }
      case "id" -> id = value;
      case "sharing" -> sharing = Optional.of(sharing(value));
      case "mode" -> mode = OptionalInt.of(mode(value));
      case "uid" -> uid = OptionalLong.of(number(key, value));
      case "gid" -> gid = OptionalLong.of(number(key, value));
      case "env" -> variable = Optional.of(value);
      default ->
          throw new IllegalArgumentException(
              "unexpected key '%s' in '%s'%s".formatted(key, field, Suggestion.forWord(key, KEYS)));
    }
  }

  /** Whether the fields go together. */
  void check() {
    boolean ownable = type == Type.SECRET || type == Type.SSH || type == Type.CACHE;
    if (!ownable && (mode.isPresent() || uid.isPresent() || gid.isPresent())) {
      String key = mode.isPresent() ? "mode" : uid.isPresent() ? "uid" : "gid";
      throw new IllegalArgumentException(
          "%s not allowed for \"%s\" type mounts".formatted(key, type));
    }
    if (sharing.isPresent() && type != Type.CACHE) {
      throw new IllegalArgumentException("invalid cache sharing set for %s mount".formatted(type));
    }
    if (type == Type.SECRET) {
      checkSecret();
    }
  }

  private void checkSecret() {
    if (!from.isEmpty()) {
      throw new IllegalArgumentException("secret mount should not have a from");
    }
    if (source.isEmpty() && target.isEmpty() && id.isEmpty()) {
      throw new IllegalArgumentException(
          "invalid secret mount. one of id, source, target required");
    }
    if (!source.isEmpty() && !id.isEmpty()) {
      throw new IllegalArgumentException("both source and id can't be set");
    }
  }

  /** As said, else what the type does. */
  boolean isReadOnly() {
    return readOnly.orElse(type != Type.CACHE && type != Type.TMPFS);
  }

  private void requireType(String key, Type... allowed) {
    if (!Arrays.asList(allowed).contains(type)) {
      throw new IllegalArgumentException(
          "unexpected key '%s' for mount type '%s'".formatted(key, type));
    }
  }

  private static Type type(String value) {
    return Arrays.stream(Type.values())
        .filter(candidate -> candidate.toString().equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unsupported mount type \"%s\"%s"
                    .formatted(
                        value,
                        Suggestion.forWord(
                            value, Arrays.stream(Type.values()).map(Type::toString).toList()))));
  }

  private static Mount.Sharing sharing(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "shared" -> Mount.Sharing.SHARED;
      case "private" -> Mount.Sharing.PRIVATE;
      case "locked" -> Mount.Sharing.LOCKED;
      default ->
          throw new IllegalArgumentException("unsupported sharing value \"%s\"".formatted(value));
    };
  }

  private static boolean bool(String key, String value) {
    return switch (value) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw invalid(key, value);
    };
  }

  private static int mode(String value) {
    if (!OCTAL.matcher(value).matches()) {
      throw invalid("mode", value);
    }
    return (int) (Long.parseLong(value, 8) & 07777);
  }

  private static long number(String key, String value) {
    if (!NUMBER.matcher(value).matches() || Long.parseLong(value) > 0xFFFFFFFFL) {
      throw invalid(key, value);
    }
    return Long.parseLong(value);
  }

  private static long size(String key, String value) {
    Matcher matcher = SIZE.matcher(value);
    if (!matcher.matches()) {
      throw invalid(key, value);
    }
    int power = "kmgtp".indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
    return (long)
        (Double.parseDouble(matcher.group(1))
            * Math.pow(1024, matcher.group(2).isEmpty() ? 0 : power));
  }

  private static IllegalArgumentException invalid(String key, String value) {
    return new IllegalArgumentException("invalid value for %s: %s".formatted(key, value));
  }
}
