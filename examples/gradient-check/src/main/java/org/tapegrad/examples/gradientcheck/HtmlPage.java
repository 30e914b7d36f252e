package org.tapegrad.examples.gradientcheck;

import java.util.List;
import java.util.Locale;
import org.tapegrad.check.Report;
import org.tapegrad.zoo.KillTable.Row;
import org.tapegrad.zoo.MutatedOp.Mutant;

/** The results as one page that needs nothing else. */
final class HtmlPage {
  private static final String HEAD =
"""
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Gradient check</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid #ddd; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.k { text-align: center; padding: .2rem .5rem; }
.good { background: #d8efd8; } .bad { background: #f6c6c0; }
details > summary { cursor: pointer; }
figure { display: inline-block; margin: .5rem 1rem .5rem 0; }
figcaption { font-size: 13px; color: #555; }
pre { background: #f5f5f5; padding: .6rem; overflow-x: auto; }
</style></head><body>
""";

  private final List<OpResult> ops;
  private final List<ZooResult> zoo;
  private final List<String> surprises;
  private final StringBuilder text = new StringBuilder(HEAD);

  HtmlPage(List<OpResult> ops, List<ZooResult> zoo, List<String> surprises) {
    this.ops = ops;
    this.zoo = zoo;
    this.surprises = surprises;
  }

  @Override
  public String toString() {
    text.append("<h1>Gradient check</h1>\n");
    if (surprises.isEmpty()) {
      text.append("<p class=\"good\">No surprise.</p>\n");
    }
    surprises.forEach(s -> text.append("<p class=\"bad\">").append(escaped(s)).append("</p>\n"));
    operations();
    zoo();
    return text.append("</body></html>\n").toString();
  }

  private void operations() {
    text.append(
"""
<h2>Operations</h2>
<p>Digits to which the tape's gradient agrees with extrapolated finite differences in the worst
direction. Open a row for the error of the plain central difference against the step, one plot per
order and input.</p>
<table><tr><th>operation</th><th>verdict</th><th class="n">digits</th><th class="n">orders</th>
<th class="n">ms</th></tr>
""");
    for (OpResult op : ops) {
      text.append("<tr><td><details><summary>").append(escaped(op.row().toString()));
      text.append("</summary>");
      if (op.isSurprise()) {
        text.append("<pre>").append(escaped(op.report().toString())).append("</pre>");
      }
      for (Report.Line line : op.report().lines()) {
        text.append("<figure>").append(new StepPlot(line.worst()));
        text.append("<figcaption>order ").append(line.order()).append(", ");
        text.append(escaped(line.input())).append(": ").append(escaped(line.outcome()));
        text.append("</figcaption></figure>");
      }
      text.append("</details></td><td class=\"").append(op.isSurprise() ? "bad" : "good");
      text.append("\">").append(op.verdict()).append("</td>");
      number("%.1f", op.digits());
      number("%.0f", op.row().orders());
      number("%.1f", 1e3 * op.report().seconds());
      text.append("</tr>\n");
    }
    text.append("</table>\n");
  }

  private void number(String format, double value) {
    String written = String.format(Locale.ROOT, format, value);
    text.append("<td class=\"n\">").append(written).append("</td>");
  }

  private void zoo() {
    text.append(
"""
<h2>Mutant zoo</h2>
<p>In how many of the seeds the checker called a wrong gradient wrong, and below them in how many it
called the right one wrong. x&middot;1e3 and mean 1e6 are shown, but kills there are not demanded.</p>
""");
    for (int i = 0; i < zoo.size(); ) {
      int next = i + 1;
      while (next < zoo.size()
          && zoo.get(next).row().op().name().equals(zoo.get(i).row().op().name())) {
        next++;
      }
      op(zoo.subList(i, next).stream().map(ZooResult::row).toList());
      i = next;
    }
  }

  private void op(List<Row> rows) {
    text.append("<table><tr><th>").append(escaped(rows.get(0).op().name())).append("</th>");
    rows.forEach(row -> text.append("<th>").append(escaped(row.regime().title())).append("</th>"));
    text.append("</tr>\n");
    List<Mutant> mutants = rows.get(0).op().mutants();
    for (int m = 0; m < mutants.size(); m++) {
      text.append("<tr><td>").append(escaped(mutants.get(m).name())).append("</td>");
      for (Row row : rows) {
        cell(row.kills()[m] == row.mutantSeeds(), row.kills()[m] + "/" + row.mutantSeeds());
      }
      text.append("</tr>\n");
    }
    text.append("<tr><th>correct gradient accused</th>");
    rows.forEach(row -> cell(row.accused() == 0, row.accused() + "/" + row.correctSeeds()));
    text.append("</tr></table>\n");
  }

  private void cell(boolean good, String content) {
    text.append("<td class=\"k ").append(good ? "good" : "bad").append("\">");
    text.append(content).append("</td>");
  }

  private static String escaped(String s) {
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
