package dev.firebuild.dockerfile.text;

/**
 * A document of an instruction.
 *
 * @param name its word, quotes removed; the line that ends it
 * @param expand whether variables in it are expanded: not if any part of its word was quoted
 * @param stripTabs whether leading tabs go ({@code <<-})
 * @param content as in the file, with its line ends
 */
public record Heredoc(String name, boolean expand, boolean stripTabs, String content) {
  /** The content without the leading tabs of its lines, if that was asked for. */
  public String text() {
    return stripTabs ? content.replaceAll("(?m)^\t+", "") : content;
  }
}
