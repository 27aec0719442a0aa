package dev.firebuild.simulation.time;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened, for people: lines {@code NUMBER TIME WHO WHAT}. Empty unless it is wanted. */
public final class History {
  private final boolean wanted;
  private final Timeline time;
  private final List<String> lines = new ArrayList<>();

  public History(boolean wanted, Timeline time) {
    this.wanted = wanted;
    this.time = time;
  }

  /** Whether to say anything: making the text costs more than the step it tells of. */
  public boolean wanted() {
    return wanted;
  }

  public void add(String who, String what) {
    if (wanted) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%5d %10.4f  %-14s %s",
              lines.size() + 1,
              time.now() / (double) Timeline.SECOND,
              who,
              what));
    }
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }
}
