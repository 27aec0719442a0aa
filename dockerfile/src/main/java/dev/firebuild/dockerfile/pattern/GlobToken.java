package dev.firebuild.dockerfile.pattern;

import java.util.BitSet;
import java.util.List;

/** A part of a pattern. */
sealed interface GlobToken {
  /**
   * Where a match can stand behind this part.
   *
   * @param reached where it can stand before it: numbers of characters that are already used
   */
  BitSet advance(BitSet reached, int[] characters);

  /** A part that stands for exactly one character. */
  sealed interface Single extends GlobToken {
    boolean accepts(int character);

    @Override
    default BitSet advance(BitSet reached, int[] characters) {
      BitSet next = new BitSet(characters.length + 1);
      for (int i = reached.nextSetBit(0); i >= 0 && i < characters.length; ) {
        if (accepts(characters[i])) {
          next.set(i + 1);
        }
        i = reached.nextSetBit(i + 1);
      }
      return next;
    }
  }

  /** The character itself. */
  record Literal(int character) implements Single {
    @Override
    public boolean accepts(int other) {
      return other == character;
    }
  }

  /** {@code ?}. */
  record AnyInName() implements Single {
    @Override
    public boolean accepts(int character) {
      return character != '/';
    }
  }

  /** {@code [...]}. */
  record CharacterClass(boolean negated, List<Range> ranges) implements Single {
    record Range(int first, int last) {}

    @Override
    public boolean accepts(int character) {
      return negated != ranges.stream().anyMatch(r -> r.first <= character && character <= r.last);
    }
  }

  /** {@code *}. */
  record InName() implements GlobToken {
    @Override
    public BitSet advance(BitSet reached, int[] characters) {
      BitSet next = (BitSet) reached.clone();
      for (int i = 0; i < characters.length; i++) {
        if (next.get(i) && characters[i] != '/') {
          next.set(i + 1);
        }
      }
      return next;
    }
  }

  /** {@code **} with more behind it: any number of whole directories. */
  record Directories() implements GlobToken {
    @Override
    public BitSet advance(BitSet reached, int[] characters) {
      BitSet next = (BitSet) reached.clone();
      int first = reached.nextSetBit(0);
      for (int i = Math.max(first, 0); i < characters.length; i++) {
        if (characters[i] == '/') {
          next.set(i + 1);
        }
      }
      return next;
    }
  }

  /** {@code **} at the end: anything. */
  record Anything() implements GlobToken {
    @Override
    public BitSet advance(BitSet reached, int[] characters) {
      BitSet next = new BitSet(characters.length + 1);
      next.set(reached.nextSetBit(0), characters.length + 1);
      return next;
    }
  }
}
