package dev.firebuild.coordinator.view;

import dev.firebuild.protocol.request.DeadLetterMark;
import dev.firebuild.protocol.resource.DeadLetterResource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dead letters without their values, by their place in the topic, and what became of them. The
 * latest ones only: who floods the topic fills no memory.
 */
public final class LetterView {
  private static final int REASON = 2000;
  private static final Pattern ID = Pattern.compile("\\d{1,9}-(\\d{1,18})");

  private final int most;
  private final TreeMap<Long, DeadLetterResource> letters = new TreeMap<>();

  LetterView(int most) {
    this.most = most;
  }

  /** {@code letter} lies at {@code offset}. */
  public synchronized void add(long offset, DeadLetterResource letter) {
    letters.put(offset, shortened(letter));
    if (letters.size() > most) {
      letters.pollFirstEntry();
    }
  }

  private static DeadLetterResource shortened(DeadLetterResource letter) {
    return letter.reason().length() <= REASON
        ? letter
        : new DeadLetterResource(
            letter.id(),
            letter.source(),
            letter.key(),
            letter.reason().substring(0, REASON) + " …",
            letter.size(),
            letter.digest(),
            letter.at(),
            letter.state(),
            letter.as(),
            letter.text(),
            letter.base64());
  }

  /** Somebody has dealt with a letter. */
  public synchronized void apply(DeadLetterMark mark) {
    letters.replaceAll(
        (_, letter) -> letter.id().equals(mark.letter()) ? letter.marked(mark) : letter);
  }

  public synchronized Optional<DeadLetterResource> find(String id) {
    return letters.values().stream().filter(letter -> letter.id().equals(id)).findFirst();
  }

  /**
   * The newest first; those after the letter {@code id}, if there is one: it need not be there any
   * more. Throws {@link IllegalArgumentException} if it is no letter's id.
   */
  public synchronized List<Listed<DeadLetterResource>> after(Optional<String> id) {
    NavigableMap<Long, DeadLetterResource> rest =
        id.map(last -> letters.headMap(offset(last), /* inclusive= */ false)).orElse(letters);
    return rest.descendingMap().values().stream()
        .map(letter -> new Listed<>(letter.id(), letter))
        .toList();
  }

  private static long offset(String id) {
    Matcher matcher = ID.matcher(id);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no dead letter has such an id");
    }
    return Long.parseLong(matcher.group(1));
  }
}
