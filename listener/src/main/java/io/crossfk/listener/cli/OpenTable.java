package io.crossfk.listener.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What is open now, the oldest first. */
final class OpenTable {
  private static final List<String> HEADER =
      List.of("OPEN SINCE", "RULE", "KEY", "ORPHANS", "CAUSE", "SEVERITY");

  private OpenTable() {}

  static List<String> lines(List<ViolationLine> open) {
    if (open.isEmpty()) {
      return List.of("No open violations.");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    open.stream()
        .sorted(Comparator.comparing(ViolationLine::openedAt))
        .map(OpenTable::row)
        .forEach(rows::add);
    int[] widths =
        IntStream.range(0, HEADER.size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(aligned(row, widths)));
    lines.add(open.size() + (open.size() == 1 ? " open violation" : " open violations"));
    return lines;
  }

  private static List<String> row(ViolationLine line) {
    return List.of(
        line.since(), line.rule(), line.key(), line.orphans(), line.cause(), line.severity());
  }

  private static String aligned(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
