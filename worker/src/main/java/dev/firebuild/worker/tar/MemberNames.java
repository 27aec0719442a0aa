package dev.firebuild.worker.tar;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/** How the bytes of names and links become text. */
record MemberNames(Charset charset) {
  private static final int LIMIT = 4096;

  /**
   * The text of {@code bytes}.
   *
   * @throws TarFormatException if they are none, or more than any system takes
   */
  String decode(byte[] bytes) throws TarFormatException {
    String text;
    try {
      text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
    } catch (CharacterCodingException _) {
      throw new TarFormatException("a name is not UTF-8");
    }
    if (text.length() > LIMIT || text.indexOf('\0') >= 0) {
      throw new TarFormatException("a name or link is longer than 4096 bytes or holds a NUL");
    }
    return text;
  }
}
