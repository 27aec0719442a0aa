package dev.firebuild.worker.queue;

import dev.firebuild.messaging.RequestCodec;
import dev.firebuild.protocol.document.BuildDocument;
import dev.firebuild.protocol.document.VmDocument;
import dev.firebuild.protocol.document.Work;
import dev.firebuild.protocol.event.BuildEvent;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.EventData;
import dev.firebuild.protocol.event.Failure;
import dev.firebuild.protocol.event.VmEvent;
import dev.firebuild.protocol.request.BuildRequest;
import dev.firebuild.protocol.request.RunRequest;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a slot works on. */
sealed interface Trade {
  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  Job read(ConsumerRecord<String, byte[]> record);

  /** A request that can be claimed and done. */
  interface Job {
    String id();

    /** Of its document. */
    String key();

    /** Whether {@code document} tells of this very request. */
    boolean isThatOf(Work document);

    EventData claimed(Claim claim);

    EventData failed(Failure failure);

    /** Does what is granted, on the calling thread. */
    void work(int attempt, Holding holding) throws InterruptedException;
  }

  /** Builds. */
  record Builds(BuildExecutor executor) implements Trade {
    @Override
    public Job read(ConsumerRecord<String, byte[]> record) {
      BuildRequest request = RequestCodec.build(record);
      return new Build(request.id().orElseThrow(), request, executor);
    }
  }

  /** Runs. */
  record Runs(RunExecutor executor) implements Trade {
    @Override
    public Job read(ConsumerRecord<String, byte[]> record) {
      RunRequest request = RequestCodec.run(record);
      return new Run(request.id().orElseThrow(), request, executor);
    }
  }

  /** A build. */
  record Build(String id, BuildRequest request, BuildExecutor executor) implements Job {
    @Override
    public String key() {
      return BuildDocument.key(id);
    }

    @Override
    public boolean isThatOf(Work document) {
      return document instanceof BuildDocument build && build.request().equals(request);
    }

    @Override
    public EventData claimed(Claim claim) {
      return new BuildEvent.Claimed(claim, request);
    }

    @Override
    public EventData failed(Failure failure) {
      return new BuildEvent.Failed(failure);
    }

    @Override
    public void work(int attempt, Holding holding) throws InterruptedException {
      executor.execute(
          new BuildGrant(
              id,
              request,
              attempt,
              holding.events().instance(),
              holding.events(),
              holding.cancellation()));
    }
  }

  /** A run. */
  record Run(String id, RunRequest request, RunExecutor executor) implements Job {
    @Override
    public String key() {
      return VmDocument.key(id);
    }

    @Override
    public boolean isThatOf(Work document) {
      return document instanceof VmDocument vm && vm.request().equals(request);
    }

    @Override
    public EventData claimed(Claim claim) {
      return new VmEvent.Claimed(claim, request);
    }

    @Override
    public EventData failed(Failure failure) {
      return new VmEvent.Failed(failure);
    }

    @Override
    public void work(int attempt, Holding holding) throws InterruptedException {
      try {
        executor.start(
            new RunGrant(
                id,
                request,
                attempt,
                holding.events().instance(),
                holding.events(),
                holding.cancellation()));
      } finally {
        holding.hearWishes();
      }
    }
  }
}
