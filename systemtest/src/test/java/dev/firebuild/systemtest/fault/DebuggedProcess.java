package dev.firebuild.systemtest.fault;

import static org.awaitility.Awaitility.await;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import dev.firebuild.systemtest.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JVM with the class path of this one, under a debugger: it can be halted at the entry of any
 * method, so that what it has done and what it has not is certain, without a line for tests in the
 * code that is tested. It can be killed and frozen at any moment.
 */
final class DebuggedProcess implements AutoCloseable {
  /** What its main method prints, on a line of its own, when it is ready. */
  static final String OPEN = "OPEN";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("dt_socket at address: (?<port>\\d+)");
  private static final String HALT = "halt";

  private final String name;
  private final Process process;
  private final Path log;
  private final VirtualMachine jvm;
  private final Set<Halt> halts = ConcurrentHashMap.newKeySet();

  private DebuggedProcess(String name, Process process, Path log) throws IOException {
    this.name = name;
    this.process = process;
    this.log = log;
    this.jvm = attach(awaitSaid(LISTENING).group("port"));
    Thread.ofPlatform().daemon().name("debugger-of-" + name).start(this::listen);
  }

  /**
   * Starts {@code main} and waits until it is {@link #OPEN}. It ends at the latest when its input
   * does, which is when this process ends.
   *
   * @param dir for what it prints
   */
  static DebuggedProcess start(String name, Path dir, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.add("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Path log = Files.createTempFile(dir, name + "-", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      DebuggedProcess started = new DebuggedProcess(name, process, log);
      started.awaitSaid(Pattern.compile("(?m)^" + OPEN + "$"));
      return started;
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private VirtualMachine attach(String port) throws IOException {
    AttachingConnector connector =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(one -> one.name().equals("com.sun.jdi.SocketAttach"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    Objects.requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
    Objects.requireNonNull(arguments.get("port")).setValue(port);
    try {
      return connector.attach(arguments);
    } catch (IllegalConnectorArgumentsException e) {
      throw new IllegalStateException("a debugger knows a host name and a port", e);
    }
  }

  /** The next time that a thread enters {@code method}, the whole process stops. */
  Halt haltAt(String type, String method) {
    return haltAt(type, method, EventRequest.SUSPEND_ALL, Optional.empty());
  }

  /** The next thread that enters {@code method} stops; all others go on. */
  Halt holdThreadAt(String type, String method) {
    return haltAt(type, method, EventRequest.SUSPEND_EVENT_THREAD, Optional.empty());
  }

  /** The next time that the thread named {@code thread} enters {@code method}, it stops. */
  Halt holdThreadAt(String type, String method, String thread) {
    ThreadReference only =
        jvm.allThreads().stream()
            .filter(one -> one.name().equals(thread))
            .findFirst()
            .orElseThrow(() -> new AssertionError(name + " has no thread " + thread));
    return haltAt(type, method, EventRequest.SUSPEND_EVENT_THREAD, Optional.of(only));
  }

  private Halt haltAt(String type, String method, int stops, Optional<ThreadReference> only) {
    requireMethod(type, method);
    Halt halt = new Halt(type + "#" + method + " in " + name);
    halts.add(halt);
    Place place = new Place(halt, method, stops, only);
    // The class may be loaded at any moment: whoever comes second finds the first one's work.
    ClassPrepareRequest loading = jvm.eventRequestManager().createClassPrepareRequest();
    loading.addClassFilter(type);
    loading.putProperty(HALT, place);
    loading.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
    loading.enable();
    jvm.classesByName(type).forEach(place::stopIn);
    return halt;
  }

  /** A place that is not there any more would never be come to. */
  private static void requireMethod(String type, String method) {
    try {
      Class<?> loaded = Class.forName(type, false, DebuggedProcess.class.getClassLoader());
      if (Arrays.stream(loaded.getDeclaredMethods()).noneMatch(m -> m.getName().equals(method))) {
        throw new AssertionError("%s has no method %s to halt at".formatted(type, method));
      }
    } catch (ClassNotFoundException e) {
      throw new AssertionError("there is no class %s to halt in".formatted(type), e);
    }
  }

  /** Where a halt is wanted, in a class that may not be loaded yet. */
  private record Place(Halt halt, String method, int stops, Optional<ThreadReference> only) {
    synchronized void stopIn(ReferenceType type) {
      boolean done =
          type.virtualMachine().eventRequestManager().breakpointRequests().stream()
              .anyMatch(request -> halt.equals(request.getProperty(HALT)));
      if (done) {
        return;
      }
      for (Method one : type.methods()) {
        if (one.name().equals(method) && !one.isAbstract() && !one.isBridge()) {
          BreakpointRequest request =
              type.virtualMachine().eventRequestManager().createBreakpointRequest(one.location());
          request.putProperty(HALT, halt);
          request.setSuspendPolicy(stops);
          only.ifPresent(request::addThreadFilter);
          request.enable();
        }
      }
    }
  }

  private void listen() {
    try {
      while (true) {
        EventSet events = jvm.eventQueue().remove();
        boolean stays = false;
        for (Event event : events) {
          stays |= on(event, events);
        }
        if (!stays) {
          events.resume();
        }
      }
    } catch (VMDisconnectedException e) {
      halts.forEach(halt -> halt.fail(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether what the event has stopped shall stand. */
  private static boolean on(Event event, EventSet events) {
    return switch (event) {
      case ClassPrepareEvent loaded when loaded.request().getProperty(HALT) instanceof Place at -> {
        at.stopIn(loaded.referenceType());
        yield false;
      }
      case BreakpointEvent here when here.request().getProperty(HALT) instanceof Halt halt -> {
        here.request().disable();
        yield halt.reach(events);
      }
      default -> false;
    };
  }

  /** Waits until the process has printed what {@code pattern} finds. */
  Matcher awaitSaid(Pattern pattern) {
    return await(name + " to print " + pattern)
        .atMost(PATIENCE)
        .until(
            () -> {
              Matcher found = pattern.matcher(said());
              if (!found.find() && !process.isAlive()) {
                throw new AssertionError("%s has ended: %s".formatted(name, said()));
              }
              return found;
            },
            found -> found.reset().find());
  }

  /** What it has printed so far, its logging too. */
  String said() throws IOException {
    return Files.readString(log);
  }

  /** Ends it at once, as a power failure would: kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Takes it off the processors with SIGSTOP. */
  void freeze() throws InterruptedException {
    Program.of("kill", "-STOP", String.valueOf(process.pid())).run().requireSuccess();
  }

  void thaw() throws InterruptedException {
    Program.of("kill", "-CONT", String.valueOf(process.pid())).run().requireSuccess();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
