package dev.firebuild.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The broker as a process of its own: {@code BrokerMain DATA PORT}, the password in {@code
 * FIREBUILD_KAFKA_PASSWORD}. Prints one line {@code READY host:port}, or {@code FAILED reason} and
 * ends with 1. It stops when its standard input ends, so that it never outlives its parent.
 */
public final class BrokerMain {
  static final String PASSWORD = "FIREBUILD_KAFKA_PASSWORD";
  static final String READY = "READY ";
  static final String FAILED = "FAILED ";
  private static final long STOP_SECONDS = 15;

  private BrokerMain() {}

  public static void main(String[] args) throws IOException {
    String password = System.getenv(PASSWORD);
    if (args.length != 2 || password == null) {
      System.out.println(FAILED + "usage: BrokerMain DATA PORT, with " + PASSWORD);
      System.exit(2);
      return;
    }
    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(Path.of(args[0]), password, Integer.parseInt(args[1]))) {
      System.out.println(READY + kafka.access().bootstrap());
      System.in.readAllBytes();
      haltIfStoppingHangs();
    } catch (BrokerException e) {
      System.out.println(FAILED + String.valueOf(e.getMessage()).replace('\n', ' '));
      e.printStackTrace();
      // Kafka's threads may hang on what did start.
      Runtime.getRuntime().halt(1);
    }
    System.exit(0);
  }

  /** The log survives a halt; a process that stays does not let the next one start. */
  private static void haltIfStoppingHangs() {
    Thread.ofPlatform()
        .daemon()
        .name("halt")
        .start(() -> {
          try {
            TimeUnit.SECONDS.sleep(STOP_SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          Runtime.getRuntime().halt(3);
        });
  }
}
