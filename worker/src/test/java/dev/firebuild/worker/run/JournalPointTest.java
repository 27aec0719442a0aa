package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.worker.debug.Point;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wherever a worker is killed in the life of a VM, and the next one while it clears up, the one
 * after that leaves the host as it was before.
 */
@Tag("real")
@SuppressWarnings("NullAway.Init")
class JournalPointTest {
  private static final Logger LOG = LoggerFactory.getLogger(JournalPointTest.class);

  /** As many as take half a minute. */
  private static final int SAMPLE = 6;

  /** Far fewer than there are: of a life that is not found so many something went wrong. */
  private static final int FEW = 15;

  /** A VM has all that it ever has, and nobody has heard of it. */
  private static final String BOOTING = "MachineStart.awaitReady";

  /** It has been said that a VM runs. */
  private static final String RUNNING = "RunWatch.carryOut";

  @TempDir static Path scratch;

  private static final Map<Setup, Rounds> ROUNDS = new EnumMap<>(Setup.class);

  /**
   * @param points of a life
   * @param again of the recovery after it
   */
  private record Rounds(PointRig rig, List<Point> points, List<Point> again) {
    static Rounds of(Setup setup) {
      try {
        PointRig rig = new PointRig(setup, scratch);
        List<Point> points = rig.points();
        assertThat(points).hasSizeGreaterThan(FEW);
        List<Point> again = rig.pointsAfter(rig.entry(BOOTING));
        LOG.atInfo()
            .addKeyValue("setup", setup)
            .addKeyValue("points", points)
            .addKeyValue("again", again)
            .log("points found");
        return new Rounds(rig, points, again);
      } catch (Exception e) {
        throw new AssertionError("the points of %s were not found".formatted(setup), e);
      }
    }

    /** The second kill goes through all points of the recovery in turn. */
    DynamicTest test(int index) {
      return test(points.get(index), again.get(index % again.size()));
    }

    private DynamicTest test(Point at, Point second) {
      return DynamicTest.dynamicTest(at + ", then " + second, () -> rig.round(at, second));
    }

    /** A second kill at each point of what the next worker does after a kill at {@code at}. */
    Stream<DynamicTest> testsAfter(Point at) {
      try {
        return rig.pointsAfter(at).stream().map(second -> test(at, second));
      } catch (Exception e) {
        throw new AssertionError("the points after %s were not found".formatted(at), e);
      }
    }
  }

  @AfterAll
  static void close() throws Exception {
    for (Rounds rounds : ROUNDS.values()) {
      rounds.rig().close();
    }
  }

  @TestFactory
  Stream<DynamicTest> aKillAtSomePointLeavesNothing() {
    long seed = Long.getLong("firebuild.points.seed", System.nanoTime());
    LOG.atInfo().addKeyValue("firebuild.points.seed", seed).log("a sample of points");
    Rounds rounds = ROUNDS.computeIfAbsent(Setup.RUN_QEMU_USER, Rounds::of);
    List<Integer> order =
        new ArrayList<>(IntStream.range(0, rounds.points().size()).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return order.stream().limit(SAMPLE).map(rounds::test);
  }

  @Tag("long")
  @TestFactory
  Stream<DynamicTest> aKillAtAnyPointLeavesNothing() {
    return Stream.of(Setup.values())
        .map(setup -> ROUNDS.computeIfAbsent(setup, Rounds::of))
        .flatMap(rounds -> IntStream.range(0, rounds.points().size()).mapToObj(rounds::test));
  }

  @Tag("long")
  @TestFactory
  Stream<DynamicTest> aKillAtAnyPointOfTakingAVmOverLeavesNothing() {
    Rounds rounds = ROUNDS.computeIfAbsent(Setup.RUN_QEMU_USER, Rounds::of);
    return rounds.testsAfter(rounds.rig().entry(RUNNING));
  }
}
