package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.protocol.Json;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RequestCodecTest {
  @Test
  void aRequestThatGrowsBeyondTheLimitIsRefused() {
    // Given one that fits as it came: each port gets an address of 10 characters
    String port = "\"1:1\",";
    String ports = port.repeat(RequestCodec.LIMIT / port.length() - 10) + "\"1:1\"";
    var record = record("{\"image\":\"i\",\"ports\":[" + ports + "]}");
    assertThat(record.value()).hasSizeLessThan(RequestCodec.LIMIT);

    // When / Then
    assertThatThrownBy(() -> RequestCodec.run(record))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a request has at most 1048576");
  }

  @Test
  void whatGrowsMostStaysBelowTheLimitWhereNobodyLooks() {
    // Given ports, without an id: they get an address, and the request an id and all its fields
    String port = "\"1:1\",";
    String ports = port.repeat(RequestCodec.SURE / port.length() - 10) + "\"1:1\"";
    // When
    var request = RequestCodec.run(record("{\"image\":\"i\",\"ports\":[" + ports + "]}"));
    // Then
    assertThat(Json.bytes(request).length)
        .isGreaterThan(2 * RequestCodec.SURE)
        .isLessThan(RequestCodec.LIMIT / 2);
  }

  @Test
  void onlyATraceContextIsHandedOn() {
    String known = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(RequestCodec.traceparentOf(traced(known))).contains(known);
    assertThat(RequestCodec.traceparentOf(traced("x".repeat(1 << 20)))).isEmpty();
  }

  private static ConsumerRecord<String, byte[]> traced(String context) {
    var record = record("{}");
    record.headers().add(EventCodec.TRACEPARENT, context.getBytes(StandardCharsets.UTF_8));
    return record;
  }

  private static ConsumerRecord<String, byte[]> record(String value) {
    return new ConsumerRecord<>("t", 0, 3, "k", value.getBytes(StandardCharsets.UTF_8));
  }
}
