package dev.firebuild.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogBufferTest {
  @Test
  void aCharacterIsNotCutIntoTwoChunks() {
    // Given the first two of the euro sign's three bytes
    LogBuffer buffer = new LogBuffer(16);
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
    buffer.add(new byte[] {'a', euro[0], euro[1]}, 0);
    // When what is complete is taken, then the rest comes
    byte[] first = buffer.take(false);
    buffer.add(new byte[] {euro[2]}, 0);
    // Then
    assertThat(first).containsExactly('a');
    assertThat(buffer.take(false)).isEqualTo(euro);
  }

  @Test
  void allMeansAlsoAnUnfinishedCharacter() {
    LogBuffer buffer = new LogBuffer(16);
    buffer.add(new byte[] {(byte) 0xe2}, 0);
    assertThat(buffer.take(true)).hasSize(1);
    assertThat(buffer.size()).isZero();
  }

  @Test
  void bytesThatAreNoTextAreNotHeldBack() {
    LogBuffer buffer = new LogBuffer(4);
    buffer.add(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80}, 0);
    assertThat(buffer.isFull()).isTrue();
    assertThat(buffer.take(false)).hasSize(4);
  }
}
