package dev.firebuild.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import dev.firebuild.protocol.document.NameDocument;
import dev.firebuild.protocol.document.OutboxEntry;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.WorkerDocument;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.protocol.request.DeadLetterMark;
import dev.firebuild.protocol.request.PortMapping;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.protocol.request.Source;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The schemas say what the records take and hold, no more and no less. */
class SchemasTest {
  private static final Map<String, Class<?>> REQUESTS =
      Map.of(
          "BuildRequest", BuildRequest.class,
          "RunRequest", RunRequest.class,
          "Command", Command.class);

  private static final JsonNode DOCUMENT = Json.mapper().readTree(Schemas.bytes());

  static Stream<Arguments> requests() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(SchemasTest.class.getResourceAsStream("requests.json"))) {
      return Json.mapper()
          .readTree(in)
          .valueStream()
          .map(sample ->
              Arguments.of(
                  sample.get("is").asString(),
                  sample.get("type").asString(),
                  sample.get("valid").asBoolean(),
                  sample.get("value")))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void schemaAndRecordAgreeOn(String is, String type, boolean valid, JsonNode value) {
    assertThat(schema(type).validate(value).isEmpty()).as("schema").isEqualTo(valid);
    Class<?> record = Objects.requireNonNull(REQUESTS.get(type));
    if (valid) {
      assertThatCode(() -> Json.read(Json.bytes(value), record)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> Json.read(Json.bytes(value), record))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eventIsDescribed(EventType event) {
    assertDescribed(event.shortName(), definition(event.shortName()), event.data());
  }

  @Test
  void requestsAreDescribed() {
    assertDescribed("BuildRequest", definition("BuildRequest"), BuildRequest.class);
    assertDescribed("RunRequest", definition("RunRequest"), RunRequest.class);
    assertDescribed("DeadLetterMark", definition("DeadLetterMark"), DeadLetterMark.class);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        BuildDocument.class,
        VmDocument.class,
        ImageDocument.class,
        KernelDocument.class,
        NameDocument.class,
        WorkerDocument.class
      })
  void documentIsDescribed(Class<?> document) {
    assertDescribed(document.getSimpleName(), definition(document.getSimpleName()), document);
  }

  @Test
  void everyOutboxEntryIsDescribed() {
    JsonNode kinds = definition("OutboxEntry").path("oneOf");
    assertThat(kinds).hasSameSizeAs(OutboxEntry.class.getPermittedSubclasses());
    for (Class<?> entry : OutboxEntry.class.getPermittedSubclasses()) {
      String name = entry.getAnnotation(JsonTypeName.class).value();
      JsonNode schema =
          kinds
              .valueStream()
              .filter(kind -> kind.at("/properties/type/const").asString().equals(name))
              .findFirst()
              .orElseThrow();
      ObjectNode properties = (ObjectNode) schema.path("properties").deepCopy();
      properties.remove("type");
      assertDescribed(name, ((ObjectNode) schema.deepCopy()).set("properties", properties), entry);
    }
  }

  @Test
  void nothingElseIsDescribed() {
    Set<String> events =
        Arrays.stream(EventType.values()).map(EventType::shortName).collect(Collectors.toSet());
    assertThat(DOCUMENT.path("$defs").propertyNames().stream().filter(name -> name.contains(".")))
        .containsExactlyInAnyOrderElementsOf(events);
  }

  private static void assertDescribed(String where, JsonNode schema, Class<?> record) {
    Set<String> names =
        Arrays.stream(record.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(new TreeSet<>(schema.path("properties").propertyNames())).as(where).isEqualTo(names);
    Set<String> required =
        schema.path("required").valueStream().map(JsonNode::asString).collect(Collectors.toSet());
    for (RecordComponent component : record.getRecordComponents()) {
      String place = where + "." + component.getName();
      JsonNode property = schema.path("properties").path(component.getName());
      if (component.getType() == Optional.class) {
        assertThat(required).as("%s is optional", place).doesNotContain(component.getName());
      }
      assertDescribed(place, property, component.getGenericType());
    }
  }

  private static void assertDescribed(String where, JsonNode given, Type type) {
    JsonNode schema = resolved(given);
    if (type instanceof ParameterizedType generic) {
      Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      if (generic.getRawType() == Optional.class) {
        assertDescribed(where, schema, last);
      } else if (generic.getRawType() == Map.class) {
        assertType(where, schema, "object");
        assertDescribed(where + ".*", schema.path("additionalProperties"), last);
      } else {
        assertType(where, schema, "array");
        assertDescribed(where + "[]", schema.path("items"), last);
      }
      return;
    }
    Class<?> plain = (Class<?>) type;
    if (plain == int.class || plain == long.class || Number.class.isAssignableFrom(plain)) {
      assertType(where, schema, "integer");
    } else if (plain == boolean.class) {
      assertType(where, schema, "boolean");
    } else if (plain.isEnum()) {
      assertThat(schema.path("enum").valueStream().map(JsonNode::asString))
          .as(where)
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(plain.getEnumConstants())
                  .map(constant -> Json.mapper().valueToTree(constant).asString())
                  .toList());
    } else if (Set.of(String.class, Digest.class, PortMapping.class, Instant.class)
        .contains(plain)) {
      assertType(where, schema, "string");
    } else if (plain == Source.class || plain == OutboxEntry.class) {
      assertThat(schema.has("oneOf")).as(where).isTrue();
    } else {
      assertDescribed(where, schema, plain);
    }
  }

  private static void assertType(String where, JsonNode schema, String expected) {
    assertThat(schema.path("type").asString("")).as(where).isEqualTo(expected);
  }

  private static JsonNode definition(String name) {
    JsonNode found = DOCUMENT.path("$defs").path(name);
    assertThat(found.isObject()).as("there is a schema of %s", name).isTrue();
    return found;
  }

  private static JsonNode resolved(JsonNode schema) {
    String reference = schema.path("$ref").asString("");
    return reference.isEmpty() ? schema : definition(reference.substring("#/$defs/".length()));
  }

  private static Schema schema(String name) {
    ObjectNode whole = (ObjectNode) DOCUMENT.deepCopy();
    whole.put("$ref", "#/$defs/" + name);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(whole);
  }
}
