package dev.firebuild.dockerfile.text;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.word.Spaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Divides a file into instructions; see {@link DockerfileText#read}. */
final class InstructionReader {
  private static final int SIZE_LIMIT = 4 << 20;
  private static final int INSTRUCTION_LIMIT = 10_000;
  private static final Set<String> WITH_HEREDOCS = Set.of("ADD", "COPY", "RUN");

  private final byte[] bytes;
  private final SourceLines lines;
  private final DirectiveReader directives = new DirectiveReader();
  private final List<String> comments = new ArrayList<>();
  private final List<InstructionText> instructions = new ArrayList<>();

  InstructionReader(byte[] bytes) {
    this.bytes = bytes;
    this.lines = new SourceLines(bytes);
  }

  DockerfileText read() throws DockerfileException {
    if (bytes.length == 0) {
      throw DockerfileException.nowhere(Phase.PARSE, "the Dockerfile cannot be empty");
    }
    if (bytes.length > SIZE_LIMIT) {
      throw DockerfileException.nowhere(
          Phase.PARSE,
          "the Dockerfile has %d bytes; at most %d are read".formatted(bytes.length, SIZE_LIMIT));
    }
    while (lines.hasNext()) {
      SourceLine line = lines.take();
      String content = Spaces.trimLeft(line.content());
      boolean directive = directives.accept(content, line.number());
      if (content.startsWith("#")) {
        if (!directive) {
          comment(content);
        }
      } else if (!content.isEmpty()) {
        instructions.add(instruction(line));
        comments.clear();
        if (instructions.size() > INSTRUCTION_LIMIT) {
          throw DockerfileException.at(
              Location.line(line.number()),
              Phase.PARSE,
              "the Dockerfile has more than %d instructions".formatted(INSTRUCTION_LIMIT));
        }
      }
    }
    if (instructions.isEmpty()) {
      throw DockerfileException.at(
          Location.line(Math.max(1, lines.number())), Phase.PARSE, "file with no instructions");
    }
    return new DockerfileText(directives.directives(), instructions);
  }

  /** Comments belong to the instruction below them; an empty one divides. */
  private void comment(String content) {
    String text = Spaces.trim(content.substring(1));
    if (text.isEmpty()) {
      comments.clear();
    } else {
      comments.add(text);
    }
  }

  private InstructionText instruction(SourceLine first) throws DockerfileException {
    List<SourceLine> read = new ArrayList<>(List.of(first));
    StringBuilder joined = new StringBuilder();
    boolean emptyLines = false;
    boolean goesOn = append(joined, Spaces.trimLeft(first.content()));
    while (goesOn && lines.hasNext()) {
      SourceLine line = lines.take();
      read.add(line);
      String start = Spaces.trimLeft(line.content());
      if (start.isEmpty()) {
        emptyLines = true;
      } else if (!start.startsWith("#")) {
        goesOn = append(joined, line.content());
      }
    }
    String text = joined.toString();
    InstructionLine parts = InstructionLine.parse(text, directives.escape());
    List<Heredoc> heredocs = new ArrayList<>();
    if (text.contains("<<") && mayHaveHeredocs(parts)) {
      for (HeredocWord word : HeredocWord.find(text)) {
        heredocs.add(heredoc(word, read));
      }
    }
    Location location = new Location(first.number(), lines.number());
    boolean broken = read.stream().anyMatch(SourceLine::broken);
    refuseUnreadable(broken, text, heredocs, location);
    return new InstructionText(
        parts.keyword(),
        parts.flags(),
        parts.arguments(),
        text,
        heredocs,
        comments,
        read.stream().map(SourceLine::content).toList(),
        emptyLines,
        location);
  }

  /**
   * Adds a line without its escape character; says whether there was one, so the next belongs too.
   */
  private boolean append(StringBuilder joined, String content) {
    char escape = directives.escape();
    int end = content.length();
    while (end > 0 && (content.charAt(end - 1) == ' ' || content.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean continued =
        end > 0
            && content.charAt(end - 1) == escape
            && (end == 1 || content.charAt(end - 2) != escape);
    joined.append(continued ? content.substring(0, end - 1) : content);
    return continued;
  }

  private boolean mayHaveHeredocs(InstructionLine parts) {
    InstructionLine inner =
        parts.keyword().toUpperCase(Locale.ROOT).equals("ONBUILD")
            ? InstructionLine.parse(parts.arguments(), directives.escape())
            : parts;
    return WITH_HEREDOCS.contains(inner.keyword().toUpperCase(Locale.ROOT))
        && JsonStrings.read(inner.arguments()).isEmpty();
  }

  private Heredoc heredoc(HeredocWord word, List<SourceLine> read) throws DockerfileException {
    StringBuilder content = new StringBuilder();
    while (lines.hasNext()) {
      SourceLine line = lines.take();
      read.add(line);
      String end = word.stripTabs() ? line.content().replaceFirst("^\t+", "") : line.content();
      if (end.equals(word.name())) {
        return new Heredoc(word.name(), word.expand(), word.stripTabs(), content.toString());
      }
      content.append(line.text());
    }
    throw DockerfileException.at(
        new Location(read.getFirst().number(), lines.number()),
        Phase.PARSE,
        "unterminated heredoc: no line is just %s".formatted(word.name()));
  }

  private static void refuseUnreadable(
      boolean broken, String text, List<Heredoc> heredocs, Location location)
      throws DockerfileException {
    if (broken) {
      throw DockerfileException.at(location, Phase.PARSE, "the instruction is not valid UTF-8");
    }
    if (text.indexOf('\0') >= 0
        || heredocs.stream().anyMatch(h -> h.content().indexOf('\0') >= 0)) {
      throw DockerfileException.at(location, Phase.PARSE, "the instruction has a NUL character");
    }
  }
}
