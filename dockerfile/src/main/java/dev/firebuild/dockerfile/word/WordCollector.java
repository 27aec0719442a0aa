package dev.firebuild.dockerfile.word;

import java.util.ArrayList;
import java.util.List;

/** Divides a stream of characters into words. */
final class WordCollector {
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();

  /** Characters that white space divides. */
  void addDivisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      addDivisible(text.charAt(i));
    }
  }

  /** A character that ends the word if it is white space. */
  void addDivisible(char c) {
    if (!Spaces.isSpace(c)) {
      word.append(c);
    } else if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  /** Characters that belong to the word whatever they are. */
  void addWhole(String text) {
    word.append(text);
  }

  List<String> words() {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
    return List.copyOf(words);
  }
}
