package dev.firebuild.dockerfile.instruction;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.text.Heredoc;
import dev.firebuild.dockerfile.text.HeredocWord;
import dev.firebuild.dockerfile.text.InstructionText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sources and the destination of COPY and ADD. */
record FileSources(List<String> sources, List<Document> documents, String destination) {

  static List<String> words(InstructionText text, String keyword) throws DockerfileException {
    List<String> words = Arguments.jsonOrWords(text);
    if (words.size() < 2) {
      throw text.error(
          Phase.PARSE,
          keyword
              + " requires at least two arguments, but only one was provided. Destination could not"
              + " be determined");
    }
    return words;
  }

  static FileSources parse(InstructionText text, String keyword, List<String> words)
      throws DockerfileException {
    if (HeredocWord.parse(words.getLast()).isPresent()) {
      throw text.error(
          Phase.PARSE, keyword + " cannot accept a heredoc as a destination", words.getLast());
    }
    // of two documents with one name the last is the content of both
    Map<String, String> contents = new HashMap<>();
    for (Heredoc heredoc : text.heredocs()) {
      contents.put(heredoc.name(), heredoc.text());
    }
    List<String> sources = new ArrayList<>();
    List<Document> documents = new ArrayList<>();
    for (String word : words.subList(0, words.size() - 1)) {
      Optional<HeredocWord> heredoc = HeredocWord.parse(word);
      if (heredoc.isPresent()) {
        String name = heredoc.get().name();
        documents.add(new Document(name, contents.getOrDefault(name, ""), heredoc.get().expand()));
      } else {
        sources.add(word);
      }
    }
    return new FileSources(sources, documents, words.getLast());
  }
}
