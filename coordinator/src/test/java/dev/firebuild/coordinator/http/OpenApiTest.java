package dev.firebuild.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.coordinator.blob.BlobStore;
import dev.firebuild.coordinator.feed.EventFeed;
import dev.firebuild.coordinator.feed.History;
import dev.firebuild.coordinator.feed.Position;
import dev.firebuild.coordinator.feed.RecentEvents;
import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.messaging.http.HttpPatience;
import dev.firebuild.protocol.BearerToken;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.Topics;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.event.EventType;
import dev.firebuild.protocol.resource.Accepted;
import dev.firebuild.protocol.resource.BuildResource;
import dev.firebuild.protocol.resource.DeadLetterResource;
import dev.firebuild.protocol.resource.ImageResource;
import dev.firebuild.protocol.resource.KernelResource;
import dev.firebuild.protocol.resource.LineAnswer;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.VmResource;
import dev.firebuild.protocol.resource.WorkerResource;
import io.vertx.core.Vertx;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Keeps the OpenAPI document true: its paths are the routes, its schemas are the records. */
class OpenApiTest {
  private static final Pattern REFERENCE = Pattern.compile("\"#/components/schemas/([\\w.]+)\"");
  private static JsonNode document;

  @BeforeAll
  static void read() throws Exception {
    document = Json.mapper().readTree(ApiDescription.bytes());
  }

  static Stream<Arguments> schemas() {
    return Map.ofEntries(
            Map.entry("Build", BuildResource.class),
            Map.entry("Vm", VmResource.class),
            Map.entry("Image", ImageResource.class),
            Map.entry("Kernel", KernelResource.class),
            Map.entry("Worker", WorkerResource.class),
            Map.entry("DeadLetter", DeadLetterResource.class),
            Map.entry("Accepted", Accepted.class),
            Map.entry("LineAnswer", LineAnswer.class),
            Map.entry("Problem", Problem.class),
            Map.entry("CancelBody", BuildHandlers.CancelBody.class),
            Map.entry("StopBody", VmHandlers.StopBody.class))
        .entrySet()
        .stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void schemaHasTheFieldsOfTheRecord(String name, Class<? extends Record> type) {
    JsonNode schema = document.path("components").path("schemas").path(name);
    Set<String> fields =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(new TreeSet<>(schema.path("properties").propertyNames())).isEqualTo(fields);
    for (RecordComponent component : type.getRecordComponents()) {
      JsonNode property = schema.path("properties").path(component.getName());
      expectedType(component.getGenericType())
          .ifPresent(
              expected -> assertThat(typeOf(property)).as(component.getName()).isEqualTo(expected));
      if (component.getType() == Optional.class) {
        assertThat(schema.path("required").valueStream().map(JsonNode::asString))
            .as("%s is optional", component.getName())
            .doesNotContain(component.getName());
      }
    }
  }

  /** Of a property that may be null, what it is otherwise. */
  private static String typeOf(JsonNode property) {
    JsonNode type = property.path("type");
    return type.isArray() ? type.path(0).asString() : type.asString("");
  }

  private static Optional<String> expectedType(Type type) {
    String name = type.getTypeName();
    if (name.matches(".*(int|long|Integer|Long)>?")) {
      return Optional.of("integer");
    }
    if (name.matches(".*(boolean|Boolean)>?")) {
      return Optional.of("boolean");
    }
    if (name.startsWith("java.util.List<")) {
      return Optional.of("array");
    }
    return name.startsWith("java.util.Map<") ? Optional.of("object") : Optional.empty();
  }

  @Test
  void enumsAreComplete() {
    assertThat(words("Build", "phase")).isEqualTo(names(BuildDocument.Phase.values()));
    assertThat(words("Vm", "phase")).isEqualTo(names(VmDocument.Phase.values()));
    assertThat(words("DeadLetter", "state")).isEqualTo(names(DeadLetterResource.State.values()));
    assertThat(words("Vm", "goal")).isEqualTo(names(VmDocument.Desired.Goal.values()));
  }

  private static Set<String> words(String schema, String property) {
    return document
        .path("components")
        .path("schemas")
        .path(schema)
        .path("properties")
        .path(property)
        .path("enum")
        .valueStream()
        .map(JsonNode::asString)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Enum<?>[] constants) {
    return Arrays.stream(constants)
        .map(constant -> Json.text(constant).replace("\"", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void pathsAreTheRoutes(@TempDir Path folder) throws Exception {
    Set<String> documented = new TreeSet<>();
    document
        .path("paths")
        .propertyStream()
        .forEach(path ->
            path.getValue()
                .propertyNames()
                .forEach(method ->
                    documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

    assertThat(documented)
        .isEqualTo(
            routes(folder).all().stream()
                .map(route -> route.method() + " " + route.template())
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void parametersAndSecurityAreThoseOfTheRoutes(@TempDir Path folder) throws Exception {
    for (Route route : routes(folder).all()) {
      JsonNode operation =
          document
              .path("paths")
              .path(route.template())
              .path(route.method().name().toLowerCase(Locale.ROOT));
      assertThat(
              operation
                  .path("parameters")
                  .valueStream()
                  .filter(parameter -> parameter.path("in").asString().equals("path"))
                  .map(parameter -> parameter.path("name").asString()))
          .as(route.template())
          .containsExactlyElementsOf(route.parameters());
      assertThat(
              operation
                  .path("parameters")
                  .valueStream()
                  .filter(parameter -> parameter.path("in").asString().equals("query"))
                  .map(parameter -> parameter.path("name").asString()))
          .as(route.template())
          .containsExactlyElementsOf(route.asks());
      assertThat(operation.path("responses").has("400")).as(route.template()).isTrue();
      assertThat(operation.has("security"))
          .as(route.template())
          .isEqualTo(route.needs() == Route.Needs.NOTHING);
    }
  }

  @Test
  void listsCanBeAskedForWhatIsDescribed() {
    for (Listing<?> listing : Listings.ALL) {
      JsonNode operation = document.path("paths").path(listing.path()).path("get");
      assertThat(
              operation
                  .path("parameters")
                  .valueStream()
                  .map(parameter -> parameter.path("name").asString()))
          .as(listing.path())
          .containsExactlyElementsOf(listing.parameters());
      JsonNode limit = operation.at("/parameters/0/schema");
      assertThat(limit.path("default").asInt()).isEqualTo(Listing.DEFAULT);
      assertThat(limit.path("maximum").asInt()).isEqualTo(Listing.MOST);
      JsonNode answer = operation.at("/responses/200");
      assertThat(answer.at("/content/application~1json/schema/properties").propertyNames())
          .as(listing.path())
          .containsExactly("items", "next");
      assertThat(answer.path("headers").propertyNames()).contains("Link");
    }
  }

  @Test
  void mediaTypesAreThoseOfTheRoutes(@TempDir Path folder) throws Exception {
    Map<String, List<Route>> byOperation =
        routes(folder).all().stream()
            .collect(Collectors.groupingBy(route -> route.method() + " " + route.template()));
    for (List<Route> routes : byOperation.values()) {
      Route route = routes.getFirst();
      JsonNode operation =
          document
              .path("paths")
              .path(route.template())
              .path(route.method().name().toLowerCase(Locale.ROOT));
      assertThat(
              operation
                  .path("responses")
                  .propertyStream()
                  .filter(response -> response.getKey().startsWith("2"))
                  .flatMap(response -> response.getValue().path("content").propertyNames().stream())
                  .distinct())
          .as(route.template())
          .containsExactlyInAnyOrderElementsOf(
              routes.stream().flatMap(one -> one.gives().stream()).toList());
      assertThat(operation.path("requestBody").path("content").propertyNames())
          .as(route.template())
          .containsExactlyInAnyOrderElementsOf(
              routes.stream()
                  .flatMap(one ->
                      switch (one.body()) {
                        case NONE -> Stream.<String>of();
                        case JSON -> Stream.of(Route.JSON);
                        case LINES -> Stream.of(Route.LINES);
                        case STREAM -> Stream.of("application/octet-stream");
                      })
                  .toList());
    }
  }

  @Test
  void typesOfEventsAreThoseThereAre() {
    assertThat(
            document
                .at("/paths/~1v1~1events/get/parameters")
                .valueStream()
                .filter(parameter -> parameter.path("name").asString().equals("type"))
                .flatMap(parameter -> parameter.at("/schema/items/enum").valueStream())
                .map(JsonNode::asString)
                .filter(name -> !name.endsWith(".*")))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(EventType.values()).map(EventType::shortName).toList());
  }

  @Test
  void everyReferenceHasItsSchema() {
    Set<String> schemas = Set.copyOf(document.path("components").path("schemas").propertyNames());
    assertThat(REFERENCE.matcher(document.toString()).results().map(found -> found.group(1)))
        .isNotEmpty()
        .allMatch(schemas::contains);
  }

  private static Routes routes(Path folder) throws Exception {
    Views views = new Views();
    RecentEvents recent = new RecentEvents(1);
    BearerToken token = new BearerToken("0123456789abcdef");
    EventFeed feed = new EventFeed(recent, new NothingThere(), views.subjects());
    Vertx vertx = Vertx.vertx();
    try {
      return HttpApi.routes(
          new HttpApi.Parts(
              views,
              feed,
              _ -> Optional.empty(),
              new Refusing(),
              Topics.DEFAULT,
              new BlobStore(folder, 1, InstantSource.system()),
              token,
              Optional::empty,
              new Random(1),
              InstantSource.system(),
              HttpPatience.DEFAULT),
          new Metrics(views),
          new WorkerProxy(views, token, HttpPatience.DEFAULT),
          new LiveReaders(vertx, vertx.getOrCreateContext(), feed, Duration.ofSeconds(15)));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static final class Refusing implements RecordLog {
    @Override
    public CompletableFuture<Instant> send(String topic, String key, byte[] value, Pace pace) {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }

  private static final class NothingThere implements History {
    @Override
    public Page read(Position from, Position to) {
      throw new AssertionError();
    }

    @Override
    public Position beginning(Position position) {
      return position;
    }

    @Override
    public Position at(Instant time, Position position) {
      return position;
    }
  }
}
