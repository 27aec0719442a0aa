package dev.firebuild.simulation.kafka;

import dev.firebuild.protocol.event.Event;
import dev.firebuild.protocol.request.Command;
import dev.firebuild.simulation.time.Chance;
import dev.firebuild.simulation.time.History;
import dev.firebuild.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The one broker: logs, groups, transactions; away now and then, never forgetful. */
public final class Broker {
  private final Timeline time;
  private final History history;
  private final int partitions;
  private final List<Log<Event>> events;
  private final List<Log<Commanded>> commands;
  private final List<StateLog> states;
  private final Log<Request> buildRequests = new Log<>("build-requests");
  private final Log<Request> runRequests = new Log<>("run-requests");
  private final Log<String> deadLetters = new Log<>("dead-letters");
  private final ShareGroup builders;
  private final ShareGroup runners;
  private final OwnerGroup owners;
  private final Transactions transactions;
  private Consumer<Event> onEvent = _ -> {};
  private final List<Long> failures = new ArrayList<>();
  private boolean up = true;

  /** A record of the command topic. */
  public record Commanded(String subject, Command command) {}

  /** What the broker refuses a client for good: it must begin anew. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    Refused(String reason) {
      super(reason);
      this.reason = reason;
    }

    public String reason() {
      return reason;
    }
  }

  /**
   * @param deliveries how often a share group hands a record out at most
   */
  public Broker(Timeline time, Chance chance, History history, int partitions, int deliveries) {
    this.time = time;
    this.history = history;
    this.partitions = partitions;
    this.events = all(p -> new Log<>("events-" + p));
    this.commands = all(p -> new Log<>("commands-" + p));
    this.states = all(StateLog::new);
    this.builders = new ShareGroup(buildRequests, time, chance, history, deliveries);
    this.runners = new ShareGroup(runRequests, time, chance, history, deliveries);
    this.owners = new OwnerGroup(time, history, partitions);
    this.transactions = new Transactions(this, time, chance, history);
    time.after(Timeline.SECOND, this::expire);
  }

  private <T> List<T> all(IntFunction<T> make) {
    return IntStream.range(0, partitions).mapToObj(make).toList();
  }

  public int partitions() {
    return partitions;
  }

  public int partitionOf(String subject) {
    return Math.floorMod(subject.hashCode(), partitions);
  }

  public Log<Event> events(int partition) {
    return events.get(partition);
  }

  public Log<Commanded> commands(int partition) {
    return commands.get(partition);
  }

  public StateLog state(int partition) {
    return states.get(partition);
  }

  public Log<Request> buildRequests() {
    return buildRequests;
  }

  public Log<Request> runRequests() {
    return runRequests;
  }

  public Log<String> deadLetters() {
    return deadLetters;
  }

  public ShareGroup builders() {
    return builders;
  }

  public ShareGroup runners() {
    return runners;
  }

  public OwnerGroup owners() {
    return owners;
  }

  /** Called with each event when it is stored. */
  public void onEvent(Consumer<Event> listener) {
    onEvent = listener;
  }

  /** How often it died in the last {@code nanos}. */
  public long failuresWithin(long nanos) {
    return failures.stream().filter(at -> time.now() - at < nanos).count();
  }

  public Transactions transactions() {
    return transactions;
  }

  public boolean isUp() {
    return up;
  }

  /** Appends outside of transactions. */
  public <T> void append(Log<T> log, T value) {
    Log.Item<T> item = log.append(time.now(), value);
    if (value instanceof Request) {
      (log.equals(buildRequests) ? builders : runners).appended();
    }
    if (value instanceof Event event) {
      onEvent.accept(event);
    } else if (history.wanted()) {
      history.add("broker", "stores %s@%d %s".formatted(log.name(), item.offset(), brief(value)));
    }
  }

  private static String brief(Object value) {
    return value instanceof Request request
        ? request.id() + ", attempt " + request.attempt()
        : value.toString();
  }

  /** The broker dies and is back after {@code delay}. */
  public void fail(long delay) {
    if (!up) {
      return;
    }
    history.add("broker", "is killed");
    failures.add(time.now());
    up = false;
    builders.brokerDown();
    runners.brokerDown();
    time.after(delay, this::restart);
  }

  private void restart() {
    history.add("broker", "is back");
    up = true;
    owners.brokerRestarted();
    builders.brokerRestarted();
    runners.brokerRestarted();
    events.forEach(Log::wake);
    states.forEach(Log::wake);
    buildRequests.wake();
    runRequests.wake();
  }

  private void expire() {
    if (up) {
      owners.expire();
    }
    time.after(Timeline.SECOND / 2, this::expire);
  }
}
