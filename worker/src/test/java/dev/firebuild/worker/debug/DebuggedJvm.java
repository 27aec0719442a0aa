package dev.firebuild.worker.debug;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A JVM with the class path of this one, under a debugger from its first instruction on. */
public final class DebuggedJvm implements AutoCloseable {
  private static final String START_MILLIS = "60000";

  /** Longer than any VM takes to boot, or to be given up. */
  private static final long QUIET_MILLIS = 240_000;

  private final Process process;
  private final Path log;
  private final VirtualMachine jvm;

  private DebuggedJvm(Process process, Path log, VirtualMachine jvm) {
    this.process = process;
    this.log = log;
    this.jvm = jvm;
  }

  /**
   * Starts {@code main}; it stands until {@link #trace}, {@link #killAt} or {@link #run} lets it go
   * on.
   *
   * @param environment added to this process's
   * @param log takes what it prints
   */
  public static DebuggedJvm start(
      Class<?> main, List<String> arguments, Map<String, String> environment, Path log)
      throws IOException {
    ListeningConnector connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(one -> one.name().equals("com.sun.jdi.SocketListen"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> options = connector.defaultArguments();
    Objects.requireNonNull(options.get("localAddress")).setValue("127.0.0.1");
    Objects.requireNonNull(options.get("port")).setValue("0");
    Objects.requireNonNull(options.get("timeout")).setValue(START_MILLIS);
    try {
      String address = connector.startListening(options);
      Process process = start(address, main, arguments, environment, log);
      try {
        return new DebuggedJvm(process, log, connector.accept(options));
      } catch (IOException e) {
        process.destroyForcibly();
        throw new IOException("%s did not start: %s".formatted(main, Files.readString(log)), e);
      } finally {
        connector.stopListening(options);
      }
    } catch (IllegalConnectorArgumentsException e) {
      throw new IllegalStateException("a debugger knows an address and a port", e);
    }
  }

  private static Process start(
      String address,
      Class<?> main,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=" + address);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Of the process. */
  public long pid() {
    return process.pid();
  }

  /**
   * Lets it run to its end, and stand at the first entry of each method, and at each of those that
   * {@code repeated} names.
   *
   * @param packages whose classes, and those of the packages below
   * @param repeated takes {@code Class.method}, without the package
   * @param visitor is called while it stands
   */
  public void trace(List<String> packages, Predicate<String> repeated, Consumer<Point> visitor)
      throws InterruptedException {
    for (String name : packages) {
      prepare(name + ".*");
    }
    Map<Method, Integer> times = new HashMap<>();
    listen(event -> {
      switch (event) {
        case ClassPrepareEvent loaded ->
            loaded.referenceType().methods().stream()
                .filter(DebuggedJvm::isWritten)
                .forEach(method -> stopAt(method, 1));
        case BreakpointEvent here -> {
          Method method = here.location().method();
          Point point = Point.of(method, times.merge(method, 1, Integer::sum));
          if (!repeated.test(point.name())) {
            here.request().disable();
          }
          visitor.accept(point);
        }
        default -> {}
      }
      return true;
    });
  }

  /**
   * Lets it run to {@code point} and kills it there, as a power failure would: kill -9.
   *
   * @return whether it came there; else it has ended
   */
  public boolean killAt(Point point) throws InterruptedException {
    prepare(point.type());
    boolean[] reached = new boolean[1];
    listen(event -> {
      switch (event) {
        case ClassPrepareEvent loaded ->
            loaded.referenceType().methods().stream()
                .filter(point::isIn)
                .forEach(method -> stopAt(method, point.time()));
        case BreakpointEvent _ -> {
          reached[0] = true;
          process.destroyForcibly();
        }
        default -> {}
      }
      return !reached[0];
    });
    process.waitFor();
    return reached[0];
  }

  /** Lets it run to its end. */
  public void run() throws InterruptedException {
    listen(_ -> true);
  }

  private void prepare(String classes) {
    ClassPrepareRequest loading = jvm.eventRequestManager().createClassPrepareRequest();
    loading.addClassFilter(classes);
    loading.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
    loading.enable();
  }

  private void stopAt(Method method, int time) {
    BreakpointRequest stop = jvm.eventRequestManager().createBreakpointRequest(method.location());
    if (time > 1) {
      stop.addCountFilter(time);
    }
    stop.setSuspendPolicy(EventRequest.SUSPEND_ALL);
    stop.enable();
  }

  /**
   * Neither a lambda or a bridge, which have no names of their own, nor what only gives a field.
   */
  private static boolean isWritten(Method method) {
    return !method.declaringType().name().contains("$$")
        && !method.isAbstract()
        && !method.isNative()
        && !method.isSynthetic()
        && !method.isBridge()
        && !method.isConstructor()
        && !method.isStaticInitializer()
        && method.declaringType().fieldByName(method.name()) == null;
  }

  /** Until the JVM has ended, or {@code handler} says that it is enough. */
  private void listen(Predicate<Event> handler) throws InterruptedException {
    try {
      boolean more = true;
      while (more) {
        // The first one is that it stands at its first instruction.
        EventSet events = jvm.eventQueue().remove(QUIET_MILLIS);
        if (events == null) {
          throw new AssertionError("the process does not end; it has printed " + said());
        }
        for (Event event : events) {
          more &= handler.test(event);
        }
        if (more) {
          events.resume();
        }
      }
    } catch (VMDisconnectedException e) {
      // It has ended.
    }
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** What it has printed, its logging too. */
  public String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
