package dev.firebuild.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Rows under headers, in columns as wide as they need to be. */
public record Table(List<String> headers, List<List<String>> rows) {
  private static final String GAP = "   ";

  /** The lines, without spaces at their ends. */
  public List<String> lines() {
    List<List<String>> all = new ArrayList<>();
    all.add(headers);
    rows.forEach(row -> all.add(row.stream().map(Table::visible).toList()));
    int[] widths = new int[headers.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
    }
    return line.toString().stripTrailing();
  }

  /** What others wrote must not garble the terminal. */
  private static String visible(String cell) {
    StringBuilder clean = new StringBuilder();
    cell.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '?' : (char) c));
    return clean.toString();
  }
}
