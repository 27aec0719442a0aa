package dev.firebuild.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.Optional;

/**
 * A wish about what exists: the value of a record of the command topic, whose key is the subject:
 * the id of a build ({@code cancel}) or of a VM ({@code stop}, {@code kill}, {@code remove}), or
 * what {@link Remove#kind} says. In JSON {@code {"type": "cancel", …}}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(Command.Cancel.class),
  @JsonSubTypes.Type(Command.Stop.class),
  @JsonSubTypes.Type(Command.Kill.class),
  @JsonSubTypes.Type(Command.Remove.class)
})
public sealed interface Command {
  /**
   * End the build, whatever it does.
   *
   * @param reason for people, at most 4096 characters
   */
  @JsonTypeName("cancel")
  record Cancel(Optional<String> reason) implements Command {
    private static final int REASON_LIMIT = 4096;

    /** Throws {@link IllegalArgumentException} if the reason is too long for a document. */
    public Cancel {
      if (reason.filter(text -> text.length() > REASON_LIMIT).isPresent()) {
        throw new IllegalArgumentException(
            "reason: expected at most %d characters".formatted(REASON_LIMIT));
      }
    }
  }

  /**
   * End the VM's program by its stop signal, by force after {@code graceSeconds}.
   *
   * @param graceSeconds absent: 10
   */
  @JsonTypeName("stop")
  record Stop(Optional<Integer> graceSeconds) implements Command {}

  /** End the VM at once. */
  @JsonTypeName("kill")
  record Kill() implements Command {}

  /**
   * Remove an ended VM with its disk; or an image's reference, or a kernel's name. A VM's id may be
   * a kernel's name, too, so the key alone does not tell.
   *
   * @param force end a VM first that has not ended
   * @param kind what the key names; absent: a VM
   */
  @JsonTypeName("remove")
  record Remove(boolean force, Optional<Kind> kind) implements Command {
    /** What can be removed. */
    public enum Kind {
      @JsonProperty("vm")
      VM,
      @JsonProperty("image")
      IMAGE,
      @JsonProperty("kernel")
      KERNEL
    }

    /** Remove a VM. */
    public static Remove vm(boolean force) {
      return new Remove(force, Optional.of(Kind.VM));
    }

    /** Remove what {@code kind} says. */
    public static Remove of(Kind kind) {
      return new Remove(false, Optional.of(kind));
    }
  }
}
