package dev.firebuild.worker.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a check is about. */
public enum Group {
  PROCESSOR,
  VULNERABILITIES,
  KERNEL,
  KVM,
  MEMORY,
  CGROUPS,
  LIMITS,
  JAILER,
  NETWORK,
  STORAGE,
  PROGRAMS,
  NODE;

  /** As people and JSON know it. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
