package dev.firebuild.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.messaging.DocumentCodec;
import dev.firebuild.messaging.EventCodec;
import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.Topics;
import dev.firebuild.recordcheck.RecordCheck;
import dev.firebuild.simulation.kafka.Request;
import dev.firebuild.simulation.world.Parts;
import dev.firebuild.simulation.world.Records;
import dev.firebuild.simulation.world.World;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What owners and workers say in some schedules, as records, is as it is documented. */
class DocumentedRecordsTest {
  private static final long SCHEDULES = 100;
  private static final Topics TOPICS = Topics.DEFAULT;

  @Test
  void everyRecordOfEverySampledScheduleIsAsItIsDocumented() {
    for (long seed = 0; seed < SCHEDULES; seed++) {
      World world = new World(seed, new Parts(), false);
      world.run();
      // Owners lay documents where they lay the events of their subject, of as many partitions.
      RecordCheck check = new RecordCheck(TOPICS, 1);
      see(world.records(), check);
      assertThat(check.complaints()).as("seed %d", seed).isEmpty();
      assertThat(check.seen()).isPositive();
    }
  }

  private static void see(Records records, RecordCheck check) {
    records
        .events()
        .forEach(event -> check.see(EventCodec.encode(TOPICS.events(), event, Optional.empty())));
    records.requests().forEach(request -> check.see(record(request)));
    records
        .commands()
        .forEach(
            one -> check.see(RequestCodec.encode(TOPICS.commands(), one.subject(), one.command())));
    records.written().forEach(write -> check.see(record(write)));
  }

  private static ProducerRecord<String, byte[]> record(Request request) {
    return switch (request) {
      case Request.Build(var id, var build, int attempt) ->
          RequestCodec.encode(TOPICS.buildRequests(), id, build, attempt, Optional.empty());
      case Request.Run(var id, var run, int attempt) ->
          RequestCodec.encode(TOPICS.runRequests(), id, run, attempt, Optional.empty());
    };
  }

  private static ProducerRecord<String, byte[]> record(Write write) {
    return new ProducerRecord<>(
        TOPICS.state(), 0, write.key(), write.document().map(DocumentCodec::encode).orElse(null));
  }
}
