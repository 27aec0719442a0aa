package dev.firebuild.worker.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutputLandmarksTest {
  private static final long FAR = 1 << 16;

  private final OutputLandmarks landmarks = new OutputLandmarks();

  @Test
  void onlyWhatLiesBeforeCanBeDropped() {
    landmarks.add(100, FAR);
    landmarks.add(200, 2 * FAR);

    assertThat(landmarks.kept(99)).isZero();
    assertThat(landmarks.before(99)).isZero();
    assertThat(landmarks.kept(199)).isEqualTo(FAR);
    assertThat(landmarks.before(200)).isEqualTo(2 * FAR);
  }

  @Test
  void whatIsDroppedIsNotKept() {
    landmarks.add(100, FAR);
    landmarks.add(200, 2 * FAR);

    landmarks.dropped(FAR);

    assertThat(landmarks.kept(150)).isZero();
    assertThat(landmarks.kept(200)).isEqualTo(FAR);
  }

  @Test
  void smallFramesShareALandmark() {
    for (long i = 1; i <= 1000; i++) {
      landmarks.add(i, i * 100);
    }

    assertThat(landmarks.before(1000)).isEqualTo(65_600);
    assertThat(landmarks.before(655)).isZero();
  }
}
