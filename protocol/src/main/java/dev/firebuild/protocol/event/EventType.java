package dev.firebuild.protocol.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The CloudEvents types of the event topic and the record that is the value of each. */
public enum EventType {
  BUILD_CLAIMED("build.claimed", BuildEvent.Claimed.class),
  BUILD_REJECTED("build.rejected", BuildEvent.Rejected.class),
  BUILD_STARTED("build.started", BuildEvent.Started.class),
  BUILD_PLANNED("build.planned", BuildEvent.Planned.class),
  BUILD_STEP_STARTED("build.step.started", BuildEvent.StepStarted.class),
  BUILD_STEP_CACHED("build.step.cached", BuildEvent.StepCached.class),
  BUILD_STEP_FINISHED("build.step.finished", BuildEvent.StepFinished.class),
  BUILD_LOG("build.log", BuildEvent.Log.class),
  BUILD_LOG_TRUNCATED("build.log.truncated", BuildEvent.LogTruncated.class),
  BUILD_SUCCEEDED("build.succeeded", BuildEvent.Succeeded.class),
  BUILD_FAILED("build.failed", BuildEvent.Failed.class),
  BUILD_CANCELLED("build.cancelled", BuildEvent.Cancelled.class),
  BUILD_REQUEUED("build.requeued", BuildEvent.Requeued.class),
  VM_CLAIMED("vm.claimed", VmEvent.Claimed.class),
  VM_REJECTED("vm.rejected", VmEvent.Rejected.class),
  VM_REQUEUED("vm.requeued", VmEvent.Requeued.class),
  VM_STARTING("vm.starting", VmEvent.Starting.class),
  VM_RUNNING("vm.running", VmEvent.Running.class),
  VM_HEALTH("vm.health", VmEvent.Health.class),
  VM_LOG("vm.log", VmEvent.Log.class),
  VM_STOPPING("vm.stopping", VmEvent.Stopping.class),
  VM_EXITED("vm.exited", VmEvent.Exited.class),
  VM_FAILED("vm.failed", VmEvent.Failed.class),
  VM_REMOVED("vm.removed", VmEvent.Removed.class),
  IMAGE_PUBLISHED("image.published", ImageEvent.Published.class),
  KERNEL_PUBLISHED("kernel.published", ImageEvent.KernelPublished.class),
  IMAGE_REMOVED("image.removed", ImageEvent.Removed.class),
  NAME_WANTED("name.wanted", NameEvent.Wanted.class),
  WORKER_STARTED("worker.started", WorkerEvent.Started.class),
  WORKER_HEARTBEAT("worker.heartbeat", WorkerEvent.Heartbeat.class),
  WORKER_STOPPING("worker.stopping", WorkerEvent.Stopping.class),
  COORDINATOR_HEARTBEAT("coordinator.heartbeat", CoordinatorEvent.Heartbeat.class);

  private static final String PREFIX = "dev.firebuild.";
  private static final String SUFFIX = ".v1";
  private static final Map<String, EventType> BY_TYPE =
      Arrays.stream(values()).collect(Collectors.toMap(EventType::type, Function.identity()));
  private static final Map<Class<? extends EventData>, EventType> BY_DATA =
      Arrays.stream(values()).collect(Collectors.toMap(EventType::data, Function.identity()));

  private final String name;
  private final Class<? extends EventData> data;

  EventType(String name, Class<? extends EventData> data) {
    this.name = name;
    this.data = data;
  }

  /** The short name that people see: {@code build.started}. */
  public String shortName() {
    return name;
  }

  /** The CloudEvents type: {@code dev.firebuild.build.started.v1}. */
  public String type() {
    return PREFIX + name + SUFFIX;
  }

  /** The record that is the value of events of this type. */
  public Class<? extends EventData> data() {
    return data;
  }

  /** The type whose CloudEvents name is {@code type}. */
  public static Optional<EventType> ofType(String type) {
    return Optional.ofNullable(BY_TYPE.get(type));
  }

  /** The CloudEvents type of {@code data}. */
  public static String typeOf(EventData data) {
    if (data instanceof UnknownEvent(String type, String _)) {
      return type;
    }
    EventType known = BY_DATA.get(data.getClass());
    if (known == null) {
      throw new IllegalArgumentException(data.getClass() + " has no event type");
    }
    return known.type();
  }
}
