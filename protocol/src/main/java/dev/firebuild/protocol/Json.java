package dev.firebuild.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The one JSON mapping of all records that cross a process boundary: unknown fields are ignored,
 * absent values are not written, times are ISO 8601.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          // As the schemas say: false is no text, and "2" no number. Nothing is rounded either.
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          // Neither a list nor a map of ours holds null.
          .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
          .build();

  /** Takes only values that have all that their type has; collections may be left out. */
  private static final JsonMapper WHOLE = whole();

  /** Where it stands in bytes that a message may not show. */
  private static final Pattern SOURCE =
      Pattern.compile(
          " ?\\((start marker )?at \\[Source: [^]]*]\\)|: expected close marker for \\w+.*");

  /** Whose limit was passed: people know no class of the parser. */
  private static final Pattern CONSTRAINT = Pattern.compile(", from `[^`]*`");

  /** What a mapper reads of each type, looked up once. */
  private static final ClassValue<ObjectReader> READERS = readers(MAPPER);

  private static final ClassValue<ObjectReader> WHOLE_READERS = readers(WHOLE);

  private Json() {}

  private static ClassValue<ObjectReader> readers(JsonMapper mapper) {
    return new ClassValue<>() {
      @Override
      protected ObjectReader computeValue(Class<?> type) {
        return mapper.readerFor(type);
      }
    };
  }

  /** The mapper itself, for tree access. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** {@code value} as UTF-8 JSON. */
  public static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** {@code value} as JSON text. */
  public static String text(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  private static JsonMapper whole() {
    JsonMapper.Builder builder =
        MAPPER.rebuild().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
    for (Class<?> collection : List.of(List.class, Set.class, Map.class)) {
      builder.withConfigOverride(
          collection,
          override ->
              override.setNullHandling(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY, Nulls.FAIL)));
    }
    return builder.build();
  }

  /**
   * Reads {@code bytes} as {@link #read} does, for types that do not look after their components
   * themselves: one that is missing or null, at any depth, makes the value unreadable. Anybody with
   * access to a topic can write there, and nobody who reads looks for null.
   */
  public static <T> T readWhole(byte[] bytes, Class<T> type) {
    return read(WHOLE_READERS, bytes, type);
  }

  /**
   * Reads {@code bytes}. Throws {@link IllegalArgumentException} with one line that says what is
   * wrong, for people.
   */
  public static <T> T read(byte[] bytes, Class<T> type) {
    return read(READERS, bytes, type);
  }

  /** Whether {@code bytes} are one JSON value in UTF-8, and stand on one line. */
  public static boolean isLine(byte[] bytes) {
    return isPlain(bytes) && isValueOnALine(bytes);
  }

  /** No JSON in UTF-8 is empty or has a NUL, and without a byte order mark it begins in ASCII. */
  private static boolean isPlain(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] < 0) {
      return false;
    }
    for (byte one : bytes) {
      if (one == 0) {
        return false;
      }
    }
    return true;
  }

  /** The parser takes every encoding of JSON, and a byte order mark. */
  private static boolean isValueOnALine(byte[] bytes) {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      if (parser.nextToken() == null) {
        return false;
      }
      // Reads to the end of the value without making anything of it.
      var _ = parser.skipChildren();
      return parser.nextToken() == null && parser.currentLocation().getLineNr() == 1;
    } catch (JacksonException e) {
      return false;
    }
  }

  private static <T> T read(ClassValue<ObjectReader> readers, byte[] bytes, Class<T> type) {
    try {
      T value = readers.get(type).readValue(bytes);
      if (value == null) {
        throw new IllegalArgumentException("the JSON is null; expected an object");
      }
      return value;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(reason(e), e);
    }
  }

  private static String reason(JacksonException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
      return cause.getMessage();
    }
    return switch (e) {
      case StreamConstraintsException beyond ->
          CONSTRAINT.matcher(beyond.getOriginalMessage()).replaceAll("");
      case InvalidTypeIdException kind -> kind(kind);
      case StreamReadException broken ->
          "%s (line %d, column %d)"
              .formatted(
                  SOURCE.matcher(broken.getOriginalMessage()).replaceAll(""),
                  broken.getLocation().getLineNr(),
                  broken.getLocation().getColumnNr());
      case InvalidNullException other -> field(other) + ": null is not allowed";
      case MismatchedInputException other when other.getTargetType() != null ->
          "%s: expected %s".formatted(field(other), kind(other.getTargetType()));
      default -> e.getOriginalMessage();
    };
  }

  /** The field that says which kind of value it is says none that there is. */
  private static String kind(InvalidTypeIdException e) {
    String kinds =
        Stream.ofNullable(e.getBaseType().getRawClass().getPermittedSubclasses())
            .flatMap(Arrays::stream)
            .map(type -> type.getAnnotation(JsonTypeName.class))
            .filter(Objects::nonNull)
            .map(JsonTypeName::value)
            .sorted()
            .collect(Collectors.joining(", "));
    return e.getTypeId() == null
        ? "type: is required; expected one of " + kinds
        : "type %s: expected one of %s".formatted(Text.quote(e.getTypeId()), kinds);
  }

  private static String field(MismatchedInputException e) {
    String path =
        e.getPath().stream()
            .map(one ->
                one.getPropertyName() == null
                    ? "[" + one.getIndex() + "]"
                    : "." + one.getPropertyName())
            .collect(Collectors.joining());
    return path.isEmpty() ? "the JSON" : path.replaceFirst("^\\.", "");
  }

  /** What people call it: they know no class of ours. */
  private static String kind(Class<?> type) {
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a whole number";
    }
    if (type == String.class || type.isEnum()) {
      return "a text";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }
}
