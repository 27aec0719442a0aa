package dev.firebuild.protocol.request;

import java.util.Optional;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;

/**
 * Somebody has dealt with a dead letter: the value of a record of the dead-letter topic that, other
 * than a letter, has no header {@code firebuild-reason}. The last mark of a letter counts.
 *
 * @param letter {@code PARTITION-OFFSET} of its record
 * @param done what was done
 * @param as what it was sent again as: the id of the build, the VM, or of what a command is about
 */
public record DeadLetterMark(String letter, Done done, Optional<String> as) {
  /** What was done with a letter. */
  @EnumNaming(EnumNamingStrategies.LowerCaseStrategy.class)
  public enum Done {
    RESUBMITTED,
    DROPPED
  }

  /** Throws {@link IllegalArgumentException} naming the field and the rule. */
  public DeadLetterMark {
    Requests.requirePresent("letter", letter);
    Requests.requirePresent("done", done);
  }

  public static DeadLetterMark dropped(String letter) {
    return new DeadLetterMark(letter, Done.DROPPED, Optional.empty());
  }

  public static DeadLetterMark resubmitted(String letter, String as) {
    return new DeadLetterMark(letter, Done.RESUBMITTED, Optional.of(as));
  }
}
