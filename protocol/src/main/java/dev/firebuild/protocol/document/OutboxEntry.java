package dev.firebuild.protocol.document;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.Claim;
import dev.firebuild.protocol.event.ImageSummary;
import java.time.Instant;
import java.util.Optional;

/**
 * What an owner must say outside its transaction: written into the document first, appended then,
 * repeated on takeover. Readers drop what they have seen.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(OutboxEntry.Requeue.class),
  @JsonSubTypes.Type(OutboxEntry.PublishImage.class),
  @JsonSubTypes.Type(OutboxEntry.PublishKernel.class),
  @JsonSubTypes.Type(OutboxEntry.WantName.class),
  @JsonSubTypes.Type(OutboxEntry.Terminal.class),
  @JsonSubTypes.Type(OutboxEntry.Removal.class),
  @JsonSubTypes.Type(OutboxEntry.DeadLetter.class)
})
public sealed interface OutboxEntry {
  /** Append the request again as {@code attempt}, and say {@code requeued}. */
  @JsonTypeName("requeue")
  record Requeue(int attempt, String worker, String reason, Optional<String> traceparent)
      implements OutboxEntry {

    /** The next attempt after {@code attempt}, which {@code lost} had. */
    public static Requeue after(int attempt, Claim lost, String reason) {
      return new Requeue(attempt + 1, lost.worker(), reason, lost.traceparent());
    }
  }

  /** Say {@code image.published}, keyed by the reference. */
  @JsonTypeName("publish-image")
  record PublishImage(String reference, ImageSummary image, Instant builtAt)
      implements OutboxEntry {}

  /** Say {@code kernel.published}, keyed by the name. */
  @JsonTypeName("publish-kernel")
  record PublishKernel(String name, Digest digest, String worker, Instant builtAt)
      implements OutboxEntry {}

  /**
   * Say {@code name.wanted}, again and again until the name's document answers.
   *
   * @param applicant who gets the VM if it gets the name: the first that claimed the attempt
   */
  @JsonTypeName("want-name")
  record WantName(String name, Assignment applicant) implements OutboxEntry {}

  /** Say the end of what no worker holds: the terminal event that the document tells. */
  @JsonTypeName("terminal")
  record Terminal() implements OutboxEntry {}

  /** Say that nothing is left of a VM; its end may still have to be said before. */
  @JsonTypeName("removal")
  record Removal() implements OutboxEntry {}

  /** Put the request, which is given up, among the dead letters. */
  @JsonTypeName("dead-letter")
  record DeadLetter(String reason) implements OutboxEntry {}
}
