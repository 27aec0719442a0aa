package dev.firebuild.simulation.world;

import dev.firebuild.coordinator.owner.Write;
import dev.firebuild.protocol.document.Document;
import dev.firebuild.protocol.event.Event;
import dev.firebuild.simulation.kafka.Broker;
import dev.firebuild.simulation.kafka.Log;
import dev.firebuild.simulation.kafka.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a schedule has left on the topics; of each subject in order.
 *
 * @param written all documents that were committed, one after the other
 * @param documents those that are there in the end
 */
public record Records(
    List<Request> requests,
    List<Broker.Commanded> commands,
    List<Event> events,
    List<Write> written,
    List<Document> documents) {

  static Records of(Broker broker) {
    List<Request> requests = new ArrayList<>(values(broker.buildRequests()));
    requests.addAll(values(broker.runRequests()));
    List<Write> written = new ArrayList<>();
    List<Document> documents = new ArrayList<>();
    for (int p = 0; p < broker.partitions(); p++) {
      documents.addAll(broker.state(p).documents());
      values(broker.state(p)).stream()
          .filter(stored -> stored.isCommitted())
          .forEach(stored -> written.add(stored.write()));
    }
    return new Records(
        List.copyOf(requests),
        all(broker, broker::commands),
        all(broker, broker::events),
        List.copyOf(written),
        List.copyOf(documents));
  }

  private static <T> List<T> all(Broker broker, IntFunction<Log<T>> log) {
    List<T> all = new ArrayList<>();
    for (int p = 0; p < broker.partitions(); p++) {
      all.addAll(values(log.apply(p)));
    }
    return List.copyOf(all);
  }

  private static <T> List<T> values(Log<T> log) {
    return log.items().stream().map(Log.Item::value).toList();
  }
}
