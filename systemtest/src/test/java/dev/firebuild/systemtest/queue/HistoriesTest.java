package dev.firebuild.systemtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.protocol.decision.SubjectFold;
import dev.firebuild.protocol.event.Event;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules as {@code docs/events.md} tells them are those that firebuild keeps. */
class HistoriesTest {
  private static final long SCHEDULES = 1000;

  @Test
  void thePageSaysOfEveryEventWhatTheFoldSays() {
    for (long seed = 0; seed < SCHEDULES; seed++) {
      Map<String, DocumentedRules> page = new HashMap<>();
      Map<String, SubjectFold> folds = new HashMap<>();
      for (Event event : Histories.of(seed).events()) {
        if (Histories.isWork(event.data())) {
          DocumentedRules.Rule rule =
              page.computeIfAbsent(event.subject(), _ -> new DocumentedRules()).next(event);
          assertThat(rule.counts())
              .as("seed %d: %s, by %s", seed, event, rule)
              .isEqualTo(
                  folds.computeIfAbsent(event.subject(), _ -> SubjectFold.fresh()).accept(event));
        }
      }
    }
  }

  @Test
  void everyRuleDecidesSomethingAndEverythingHappens() {
    Histories all = Histories.from(0);

    assertThat(Histories.rulesOf(all.events())).containsExactly(DocumentedRules.Rule.values());
    assertThat(all.headless()).isNotEmpty();
    assertThat(all.documents()).hasSizeGreaterThan(10);
  }
}
