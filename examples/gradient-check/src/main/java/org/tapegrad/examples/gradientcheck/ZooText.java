package org.tapegrad.examples.gradientcheck;

import java.util.List;
import java.util.Locale;
import org.tapegrad.zoo.KillTable.Row;
import org.tapegrad.zoo.MutatedOp.Mutant;

/** The kill table of one op: a line per mutant, a column per regime. */
final class ZooText {
  private static final int NAME = 48;
  private static final int CELL = 13;

  private ZooText() {}

  static String of(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    line(text, rows.get(0).op().name(), rows.stream().map(r -> r.regime().title()).toList());
    List<Mutant> mutants = rows.get(0).op().mutants();
    for (int i = 0; i < mutants.size(); i++) {
      int m = i;
      line(
          text,
          "  " + mutants.get(m).name(),
          rows.stream().map(r -> r.kills()[m] + "/" + r.mutantSeeds()).toList());
    }
    line(
        text,
        "  killed with every seed",
        rows.stream().map(r -> r.killed() + " of " + r.kills().length).toList());
    line(
        text,
        "  correct gradient accused",
        rows.stream().map(r -> r.accused() + "/" + r.correctSeeds()).toList());
    line(
        text,
        "  correct gradient passed",
        rows.stream().map(r -> r.passed() + "/" + r.correctSeeds()).toList());
    line(
        text,
        "  to at least so many digits",
        rows.stream().map(r -> String.format(Locale.ROOT, "%.1f", r.digits())).toList());
    return text.toString();
  }

  private static void line(StringBuilder text, String name, List<String> cells) {
    text.append(String.format("%-" + NAME + "s", name));
    cells.forEach(cell -> text.append(String.format("%" + CELL + "s", cell)));
    text.append('\n');
  }
}
