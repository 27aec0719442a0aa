package dev.firebuild.coordinator.http;

import dev.firebuild.coordinator.submit.RecordLog;
import dev.firebuild.coordinator.view.Views;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.resource.LineAnswer;
import dev.firebuild.protocol.resource.Problem;
import dev.firebuild.protocol.resource.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many requests in one: a line each, and a line of the answer for each, in the same order. Requests
 * are sent on as they are read, while those before are on their way to the log. However many lines
 * there are, only so many are in memory: a client that does not read its answers is read no
 * further, and neither is one that sends faster than Kafka takes.
 */
final class Bulk<R> {
  /** Answers that a client may leave unread; a small object each. */
  private static final int ANSWERS = 8192;

  /** Bytes of requests on their way to Kafka. */
  private static final int UNDERWAY = 1 << 20;

  /** For memory that others have: what is on its way to Kafka leaves it within milliseconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Bulk.class);

  private final Intake<R> intake;
  private final Exchange exchange;
  private final Optional<String> key;
  private final Waits waits;

  /** In the order of the lines; an empty one is the end. */
  private final BlockingQueue<Optional<CompletableFuture<LineAnswer>>> answers =
      new ArrayBlockingQueue<>(ANSWERS);

  private final Semaphore room = new Semaphore(UNDERWAY);

  /** Nobody hears the answers any more. */
  private volatile boolean gone;

  /** Why the rest need not be tried. */
  private volatile Optional<ProblemException> unavailable = Optional.empty();

  Bulk(Intake<R> intake, Views views, Exchange exchange) {
    this.intake = intake;
    this.exchange = exchange;
    this.key = exchange.header("Idempotency-Key");
    this.waits = new Waits(views);
  }

  /** Answers until all lines are answered, or the client has gone away. */
  void handle() throws InterruptedException {
    exchange.begin(Route.LINES);
    Thread reader = Thread.ofVirtual().name("http-lines").start(this::read);
    try (Pieces out = new Pieces(exchange)) {
      write(out);
      exchange.end();
    } catch (IOException e) {
      gone = true;
      // The reader may wait for a place in the queue.
      while (reader.isAlive()) {
        answers.clear();
        reader.join(Duration.ofMillis(100));
      }
    }
  }

  private void write(OutputStream out) throws IOException, InterruptedException {
    while (true) {
      Optional<CompletableFuture<LineAnswer>> next = answers.peek();
      if (next == null || next.filter(CompletableFuture::isDone).isEmpty()) {
        // No answer waits for company.
        out.flush();
      }
      next = answers.take();
      if (next.isEmpty()) {
        return;
      }
      out.write(Json.bytes(next.get().join()));
      out.write('\n');
    }
  }

  private void read() {
    long number = 0;
    try {
      LineReader lines = exchange.lines(JsonBody.LIMIT);
      while (!gone) {
        Optional<LineReader.Line> line =
            lines.read(unavailable.isPresent() ? Duration.ZERO : PATIENCE);
        if (line.isEmpty()) {
          break;
        }
        number++;
        if (line.get() instanceof LineReader.Line.Text text && isBlank(text.bytes())) {
          text.memory().close();
        } else {
          answers.put(Optional.of(answer(number, line.get())));
        }
      }
    } catch (IOException e) {
      end(number + 1, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // An Error, too: without the end its client would wait for ever.
      log.atError().setCause(e).log("a bulk request broke off");
      end(number + 1, e);
    } finally {
      offer(Optional.empty());
    }
  }

  /** The lines before were taken nevertheless. */
  private void end(long number, Throwable why) {
    offer(Optional.of(refused(number, Optional.empty(), why)));
  }

  private void offer(Optional<CompletableFuture<LineAnswer>> answer) {
    try {
      answers.put(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isBlank(byte[] line) {
    return line.length == 0 || (line.length == 1 && line[0] == '\r');
  }

  private CompletableFuture<LineAnswer> answer(long number, LineReader.Line line)
      throws InterruptedException {
    return switch (line) {
      case LineReader.Line.TooLong _ ->
          refused(number, Optional.empty(), Problems.requestTooLarge(JsonBody.LIMIT));
      case LineReader.Line.NoMemory _ ->
          refused(number, Optional.empty(), Problems.tooManyBodies());
      case LineReader.Line.Text(byte[] json, BodyMemory.Share memory) ->
          take(number, json).whenComplete((_, _) -> memory.close());
    };
  }

  private CompletableFuture<LineAnswer> take(long number, byte[] json) throws InterruptedException {
    if (unavailable.isPresent()) {
      return refused(number, Optional.empty(), unavailable.get());
    }
    int size = Math.clamp(json.length, 1, UNDERWAY);
    room.acquire(size);
    try {
      Intake.Taken taken =
          intake.take(
              json, key.map(text -> text + "\0" + number), waits, RecordLog.Pace.IN_COMPANY);
      return taken
          .durable()
          .handle((_, failure) -> {
            room.release(size);
            return failure == null
                ? LineAnswer.accepted(number, taken.id())
                : refusal(number, Optional.of(taken.id()), failure);
          });
    } catch (Throwable e) {
      room.release(size);
      return refused(number, Optional.empty(), e);
    }
  }

  private CompletableFuture<LineAnswer> refused(long number, Optional<String> id, Throwable why) {
    return CompletableFuture.completedFuture(refusal(number, id, why));
  }

  private LineAnswer refusal(long number, Optional<String> id, Throwable why) {
    Throwable cause =
        why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
    Optional<ProblemException> known = Problems.of(cause);
    if (known.isEmpty()) {
      log.atError().addKeyValue("line", number).setCause(cause).log("a line of a bulk failed");
    }
    ProblemException exception = known.orElseGet(Problems::internal);
    Problem problem = exception.problem();
    if (problem.status() == 503) {
      // Each of the rest would take its time to fail; the client sends them again anyway.
      unavailable = Optional.of(exception);
    }
    return LineAnswer.refused(number, id, problem);
  }
}
