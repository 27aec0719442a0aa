package dev.firebuild.dockerfile.word;

import java.util.Optional;
import java.util.function.IntPredicate;

/** One run over one text; see {@link WordExpander}. */
final class WordScanner {
  private static final char END = '\uFFFF';
  private static final int DEPTH_LIMIT = 50;

  private final String text;
  private final WordStyle style;
  private final Variables variables;
  private final Budget budget;
  private boolean keepEscapes;
  private int next;
  private int depth;

  WordScanner(String text, WordStyle style, Variables variables, Budget budget) {
    this.text = text;
    this.style = style;
    this.variables = variables;
    this.budget = budget;
    this.keepEscapes = style.keepEscapes();
  }

  /** Reads to the end of the text. */
  String scanAll(WordCollector words) throws WordException {
    return scanUntil(END, keepEscapes, words);
  }

  private char peek() {
    return next < text.length() ? text.charAt(next) : END;
  }

  private char take() {
    return next < text.length() ? text.charAt(next++) : END;
  }

  /** Reads up to {@code stop} and over it. */
  private String scanUntil(char stop, boolean escapesStay, WordCollector words)
      throws WordException {
    depth++;
    if (depth > DEPTH_LIMIT) {
      throw new WordException("substitutions are nested too deeply");
    }
    boolean escapesStayedOutside = keepEscapes;
    keepEscapes = escapesStay;
    try {
      StringBuilder result = new StringBuilder();
      while (next < text.length()) {
        char c = peek();
        if (c == stop) {
          take();
          return result.toString();
        }
        scanPart(c, result, words);
      }
      if (stop != END) {
        throw new WordException("unexpected end of statement while looking for matching " + stop);
      }
      return result.toString();
    } finally {
      keepEscapes = escapesStayedOutside;
      depth--;
    }
  }

  private void scanPart(char c, StringBuilder result, WordCollector words) throws WordException {
    if (c == '$') {
      String value = dollar();
      result.append(value);
      words.addDivisible(value);
    } else if (c == '<') {
      String sign = lessThan();
      result.append(sign);
      words.addWhole(sign);
    } else if (!style.quotesAreText() && (c == '\'' || c == '"')) {
      String quoted = c == '"' ? doubleQuoted() : singleQuoted();
      result.append(quoted);
      words.addWhole(quoted);
    } else if (c == style.escape()) {
      take();
      escaped(result, words);
    } else {
      take();
      result.append(c);
      words.addDivisible(c);
    }
  }

  private void escaped(StringBuilder result, WordCollector words) {
    if (keepEscapes) {
      result.append(style.escape());
      words.addWhole(String.valueOf(style.escape()));
    }
    if (next < text.length()) {
      char c = take();
      result.append(c);
      words.addWhole(String.valueOf(c));
    }
  }

  private String singleQuoted() throws WordException {
    int end = text.indexOf('\'', next + 1);
    if (end < 0) {
      throw new WordException(
          "unexpected end of statement while looking for matching single-quote");
    }
    String content = text.substring(next + 1, end);
    next = end + 1;
    return style.keepQuotes() ? "'" + content + "'" : content;
  }

  private String doubleQuoted() throws WordException {
    StringBuilder result = new StringBuilder();
    take();
    while (next < text.length()) {
      char c = peek();
      if (c == '"') {
        take();
        return style.keepQuotes() ? "\"" + result + "\"" : result.toString();
      }
      if (c == '$') {
        result.append(dollar());
      } else {
        take();
        if (c == style.escape()) {
          escapedInQuotes(result);
        } else {
          result.append(c);
        }
      }
    }
    throw new WordException("unexpected end of statement while looking for matching double-quote");
  }

  /** Between double quotes an escape character only means something before a few others. */
  private void escapedInQuotes(StringBuilder result) {
    if (keepEscapes) {
      result.append(style.escape());
    }
    char c = peek();
    if (c == END) {
      return;
    }
    if (c == '"' || c == '$' || c == style.escape()) {
      result.append(take());
    } else {
      result.append(style.escape());
    }
  }

  /** Two signs and the blanks behind them stay together with the word of a heredoc. */
  private String lessThan() {
    int start = next;
    take();
    if (peek() == '<') {
      take();
      while (peek() == ' ' || peek() == '\t' || peek() == '\r') {
        take();
      }
    }
    return text.substring(start, next);
  }

  private String dollar() throws WordException {
    take();
    if (peek() != '{') {
      String name = name();
      if (name.isEmpty()) {
        return "$";
      }
      Optional<String> value = lookUp(name);
      return value.orElse(style.keepUnset() ? "$" + name : "");
    }
    take();
    switch (peek()) {
      case END -> throw missingBrace();
      case '{', '}', ':' -> throw new WordException("syntax error: bad substitution");
      default -> {}
    }
    return braces(name());
  }

  private String braces(String name) throws WordException {
    if (next == text.length()) {
      throw missingBrace();
    }
    char c = take();
    return switch (c) {
      case '}' -> lookUp(name).orElse(style.keepUnset() ? "${" + name + "}" : "");
      case ':' -> {
        char modifier = take();
        if (modifier != '-' && modifier != '+' && modifier != '?') {
          throw unsupported(":" + (modifier == END ? "" : modifier));
        }
        yield conditional(name, modifier, true);
      }
      case '-', '+', '?' -> conditional(name, c, false);
      case '#', '%' -> trimmed(name, c);
      case '/' -> replaced(name);
      default -> throw unsupported(String.valueOf(c));
    };
  }

  private String conditional(String name, char modifier, boolean emptyIsUnset)
      throws WordException {
    String word = wordUntil('}', false);
    Optional<String> value = lookUp(name);
    if (value.isEmpty() && style.keepUnset()) {
      return "${" + name + (emptyIsUnset ? ":" : "") + modifier + word + "}";
    }
    boolean there = value.isPresent() && !(emptyIsUnset && value.get().isEmpty());
    return switch (modifier) {
      case '-' -> there ? value.orElse("") : word;
      case '+' -> there ? word : "";
      default -> {
        if (!there) {
          String why =
              value.isEmpty() ? "is not allowed to be unset" : "is not allowed to be empty";
          throw new WordException(name + ": " + (word.isEmpty() ? why : word));
        }
        yield value.orElse("");
      }
    };
  }

  private String trimmed(String name, char modifier) throws WordException {
    String word = wordUntil('}', true);
    Optional<String> value = lookUp(name);
    if (value.isEmpty() && style.keepUnset()) {
      return "${" + name + modifier + word + "}";
    }
    boolean longest = word.indexOf(modifier) == 0;
    ShellPattern pattern = ShellPattern.parse(longest ? word.substring(1) : word);
    String old = value.orElse("");
    return modifier == '#'
        ? pattern.withoutPrefix(old, longest, budget)
        : pattern.withoutSuffix(old, longest, budget);
  }

  private String replaced(String name) throws WordException {
    boolean all = peek() == '/';
    if (all) {
      take();
    }
    String word = wordUntil('/', true);
    String replacement = wordUntil('}', true);
    Optional<String> value = lookUp(name);
    if (value.isEmpty() && style.keepUnset()) {
      return "${" + name + "/" + word + "/" + replacement + "}";
    }
    ShellPattern pattern = ShellPattern.parse(word);
    return all
        ? pattern.replaceAll(value.orElse(""), replacement, budget)
        : pattern.replaceFirst(value.orElse(""), replacement, budget);
  }

  private String wordUntil(char stop, boolean escapesStay) throws WordException {
    try {
      return scanUntil(stop, escapesStay, new WordCollector());
    } catch (WordException e) {
      if (next < text.length()) {
        throw e;
      }
      throw stop == '}' ? missingBrace() : new WordException("syntax error: missing '/' in ${}");
    }
  }

  private static WordException missingBrace() {
    return new WordException("syntax error: missing '}'");
  }

  private static WordException unsupported(String modifier) {
    return new WordException("unsupported modifier (%s) in substitution".formatted(modifier));
  }

  /** A name: letters, digits and underscores, or a number, or one special character. */
  private String name() {
    int start = next;
    if (next < text.length()) {
      int first = text.codePointAt(next);
      if (Character.isDigit(first)) {
        skipWhile(Character::isDigit);
      } else if ("@*#?-$!".indexOf(first) >= 0) {
        next++;
      } else {
        skipWhile(c -> c == '_' || Character.isLetter(c) || Character.isDigit(c));
      }
    }
    return text.substring(start, next);
  }

  private void skipWhile(IntPredicate accepts) {
    while (next < text.length() && accepts.test(text.codePointAt(next))) {
      next += Character.charCount(text.codePointAt(next));
    }
  }

  private Optional<String> lookUp(String name) throws WordException {
    Optional<String> value = variables.get(name);
    if (value.isPresent()) {
      budget.spend(value.get().length());
    }
    return value;
  }
}
