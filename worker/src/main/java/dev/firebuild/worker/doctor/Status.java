package dev.firebuild.worker.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a check ended. */
public enum Status {
  /** As it should be. */
  PASS,

  /** Works, but a recommendation is not followed. */
  WARN,

  /** VMs do not work here, or a guest can harm the host or other guests in a known way. */
  FAIL,

  /** It cannot be told, or has no meaning on this host. */
  SKIP;

  /** Which of several findings says most of all of them: the larger one. */
  int weight() {
    return switch (this) {
      case PASS -> 0;
      case SKIP -> 1;
      case WARN -> 2;
      case FAIL -> 3;
    };
  }

  /** As people and JSON know it. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
