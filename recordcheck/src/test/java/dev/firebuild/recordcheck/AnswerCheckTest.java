package dev.firebuild.recordcheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.recordcheck.AnswerCheck.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerCheckTest {
  private static final AnswerCheck CHECK =
      new AnswerCheck(
          utf8(
              """
              {"paths": {
                "/v1/things/{ref}": {"get": {"responses": {
                  "200": {"content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
                    "application/x-ndjson": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                  "204": {}}}},
                "/v1/things/{ref}/export": {"get": {"responses": {"200": {"content": {
                  "application/x-tar": {}}}}}}},
               "components": {"schemas": {
                "Thing": {"type": "object", "required": ["name"],
                          "properties": {"name": {"type": "string"}}},
                "Problem": {"type": "object", "required": ["status", "code"]}}}}
              """));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "GET | /v1/things/a/b | 200 | application/json; charset=utf-8 | {\"name\":\"x\"} | ",
        "GET | /v1/things/a/b | 200 | application/json | {\"name\":1} | string expected",
        "GET | /v1/things/a/b | 200 | application/json | {} | name",
        "GET | /v1/things/a | 200 | application/json | {\"name\" | no JSON",
        "GET | /v1/things/a | 200 | text/plain | x | its type is text/plain",
        "GET | /v1/things/a | 200 | application/x-ndjson | {\"name\":\"x\"} | ",
        "GET | /v1/things/a | 200 | application/x-ndjson | {\"nam\":\"x\"} | name",
        "GET | /v1/things/a | 204 | | ~~ | ",
        "GET | /v1/things/a | 204 | text/plain | x | its type is text/plain",
        "GET | /v1/things/a/export | 200 | application/x-tar | x | ",
        "GET | /v1/things/a | 500 | application/problem+json | {} | its status is not described",
        "POST | /v1/things/a | 200 | application/json | {} | no such path and method",
        "POST | /v1/things/a | 405 | application/problem+json | {\"status\":405,\"code\":\"c\"} | ",
        "POST | /v1/things/a | 405 | application/problem+json | {\"status\":404,\"code\":\"c\"} | says that the status is 404",
        "POST | /v1/things/a | 405 | text/html | x | no problem document",
        "GET | /v1/things/a | 431 | application/problem+json | {\"status\":431,\"code\":\"c\"} | ",
      })
  void whatIsNotAsDescribedIsTold(
      String method, String path, int status, String type, String body, String complaint) {
    assertThat(
            String.join(
                "; ",
                CHECK.complaints(
                    new Answer(method, path, status, Optional.ofNullable(type), utf8(body)))))
        .satisfies(found -> {
          if (complaint == null) {
            assertThat(found).isEmpty();
          } else {
            assertThat(found).contains(complaint).startsWith(method + " " + path);
          }
        });
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
