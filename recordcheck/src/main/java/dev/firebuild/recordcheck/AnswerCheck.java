package dev.firebuild.recordcheck;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.firebuild.protocol.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document of a coordinator, as somebody reads it who has nothing else, and what is
 * wrong with an answer by it. Safe for use by several threads.
 */
public final class AnswerCheck {
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String PROBLEM = "application/problem+json";
  private static final String LINES = "application/x-ndjson";

  /** What the document says of all paths together: the request could not even be read or placed. */
  private static final Set<Integer> UNPLACED = Set.of(400, 401, 404, 405, 414, 431);

  private final JsonNode document;
  private final JsonNode definitions;
  private final List<Path> paths;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

  private record Path(String template, Pattern pattern) {}

  /**
   * What came.
   *
   * @param path of the request, as it was sent, without its query
   * @param type of the answer, as its header says
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(String method, String path, int status, Optional<String> type, byte[] body) {
    private String mediaType() {
      return type.map(text -> text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)).orElse("");
    }
  }

  /** By the document {@code openapi}. */
  public AnswerCheck(byte[] openapi) {
    document = Json.mapper().readTree(openapi);
    definitions = alone(document.at("/components/schemas"));
    paths =
        document.path("paths").propertyNames().stream()
            .map(template -> new Path(template, pattern(template)))
            // The longest first: {ref} takes slashes, and /v1/images/{ref}/export is another path.
            .sorted(Comparator.comparingInt((Path path) -> -path.template().length()))
            .toList();
  }

  private static Pattern pattern(String template) {
    return Pattern.compile(
        template.replace(".", "\\.").replace("{ref}", ".+").replaceAll("\\{\\w+}", "[^/]+"));
  }

  /** What is wrong with {@code answer}; empty: it is as described. */
  public List<String> complaints(Answer answer) {
    List<String> found = new ArrayList<>();
    Optional<JsonNode> operation = operation(answer);
    JsonNode response =
        operation
            .map(one -> one.path("responses").path(Integer.toString(answer.status())))
            .orElse(document.path("nowhere"));
    if (!response.isMissingNode()) {
      compare(answer, response.path("content"), found);
    } else if (operation.isEmpty() ? UNPLACED.contains(answer.status()) : isUnread(answer)) {
      compareProblem(answer, found);
    } else {
      found.add(
          operation.isEmpty()
              ? "the document has no such path and method"
              : "its status is not described");
    }
    return found.stream()
        .map(complaint ->
            "%s %s: %d: %s".formatted(answer.method(), answer.path(), answer.status(), complaint))
        .toList();
  }

  private static boolean isUnread(Answer answer) {
    return answer.status() == 414 || answer.status() == 431;
  }

  private Optional<JsonNode> operation(Answer answer) {
    String method = answer.method().toLowerCase(Locale.ROOT);
    return paths.stream()
        .filter(path -> path.pattern().matcher(answer.path()).matches())
        .map(path -> document.path("paths").path(path.template()).path(method))
        .filter(operation -> !operation.isMissingNode())
        .findFirst();
  }

  private void compare(Answer answer, JsonNode content, List<String> found) {
    boolean head = answer.method().equals("HEAD");
    if (head || (content.isMissingNode() && answer.body().length == 0)) {
      if (head && answer.body().length > 0) {
        found.add("it has a body");
      }
      return;
    }
    JsonNode described = content.path(answer.mediaType());
    if (described.isMissingNode()) {
      found.add(
          "its type is %s; described are %s"
              .formatted(answer.type().orElse("missing"), content.propertyNames()));
    } else {
      compareBody(answer, described.path("schema"), found);
    }
  }

  private void compareProblem(Answer answer, List<String> found) {
    if (answer.method().equals("HEAD")) {
      return;
    }
    if (answer.mediaType().equals(PROBLEM)) {
      compareBody(answer, reference("Problem"), found);
    } else {
      found.add("it is no problem document but " + answer.type().orElse("of no type"));
    }
  }

  private static JsonNode reference(String schema) {
    return Json.mapper().createObjectNode().put("$ref", SCHEMAS + schema);
  }

  private void compareBody(Answer answer, JsonNode schema, List<String> found) {
    String type = answer.mediaType();
    try {
      if (type.equals(LINES)) {
        for (String line : text(answer.body()).split("\n", -1)) {
          if (!line.isBlank()) {
            validate(schema, line, found);
          }
        }
      } else if (type.endsWith("json")) {
        validate(schema, text(answer.body()), found);
        if (type.equals(PROBLEM)) {
          compareStatus(answer, found);
        }
      }
    } catch (CharacterCodingException e) {
      found.add("its body is not UTF-8");
    }
  }

  private static void compareStatus(Answer answer, List<String> found) {
    int told = Json.mapper().readTree(answer.body()).path("status").asInt(-1);
    if (told != answer.status()) {
      found.add("the problem says that the status is " + told);
    }
  }

  private void validate(JsonNode schema, String json, List<String> found) {
    try {
      JsonNode value = Json.mapper().readTree(json);
      schemas
          .computeIfAbsent(schema, this::schema)
          .validate(value)
          .forEach(error -> found.add(error + " in " + shortened(json)));
    } catch (JacksonException e) {
      found.add("no JSON: " + shortened(json));
    }
  }

  private Schema schema(JsonNode schema) {
    ObjectNode whole = Json.mapper().createObjectNode();
    whole.set("$defs", definitions);
    whole.putArray("allOf").add(alone(schema));
    return registry.getSchema(whole);
  }

  /** With references that hold also where the rest of the document is missing. */
  private static JsonNode alone(JsonNode part) {
    return Json.mapper().readTree(Json.text(part).replace("\"" + SCHEMAS, "\"#/$defs/"));
  }

  private static String shortened(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
