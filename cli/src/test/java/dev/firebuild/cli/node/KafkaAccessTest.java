package dev.firebuild.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaAccessTest {
  private static final KafkaAccess ACCESS = new KafkaAccess("127.0.0.1:9092", "ada", "s-_3cret");

  @Test
  void javaFormatIsAPropertiesFile() throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(ACCESS.properties(KafkaAccess.Format.java)));

    assertThat(properties)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "bootstrap.servers", "127.0.0.1:9092",
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"ada\" password=\"s-_3cret\";"));
  }

  @Test
  void librdkafkaFormatHasItsOwnNames() {
    assertThat(ACCESS.properties(KafkaAccess.Format.librdkafka))
        .isEqualTo(
            """
            bootstrap.servers=127.0.0.1:9092
            security.protocol=SASL_PLAINTEXT
            sasl.mechanisms=PLAIN
            sasl.username=ada
            sasl.password=s-_3cret
            """);
  }
}
