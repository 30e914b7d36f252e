package org.tapegrad.examples.gradientcheck;

import java.util.List;
import java.util.Locale;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Report;
import org.tapegrad.check.Verdict;
import org.tapegrad.optable.OpCase;
import org.tapegrad.optable.OpTable;

/** The report on one row of the table of operations. */
record OpResult(OpCase row, Report report) {

  static List<OpCase> rows() {
    return OpTable.rows();
  }

  static OpResult of(OpCase row, long seed) {
    Report report =
        GradientCheck.ofList(row.call())
            .at(row.draw(DType.FLOAT64, seed).toArray(NdArray[]::new))
            .orders(row.orders())
            .digits(row.digits())
            .seed(seed)
            .report();
    return new OpResult(row, report);
  }

  boolean isSurprise() {
    return !report.verdict().isCorrect();
  }

  String verdict() {
    return report.verdict().getClass().getSimpleName();
  }

  double digits() {
    return report.verdict() instanceof Verdict.Correct correct ? correct.digits() : 0;
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-58s %-13s %5.1f %6d %9.1f",
        row,
        verdict(),
        digits(),
        row.orders(),
        1e3 * report.seconds());
  }

  static String header() {
    return String.format(
        Locale.ROOT, "%-58s %-13s %5s %6s %9s", "operation", "verdict", "digits", "orders", "ms");
  }
}
