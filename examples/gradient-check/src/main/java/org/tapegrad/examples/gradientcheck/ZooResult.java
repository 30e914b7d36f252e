package org.tapegrad.examples.gradientcheck;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tapegrad.zoo.KillTable;
import org.tapegrad.zoo.KillTable.Row;
import org.tapegrad.zoo.MutatedOp;
import org.tapegrad.zoo.MutatedOp.Regime;

/** What the checker made of one op of the mutant zoo in one regime. */
record ZooResult(Row row) {

  /**
   * Where every mutant must die. At x·1e3 a dropped eps changes the gradient in its twelfth digit,
   * and at mean 1e6 the rounding of x leaves few digits: kills there are shown, not demanded.
   */
  private static final Set<Regime> DEMANDING =
      EnumSet.of(Regime.UNIT, Regime.SMALL, Regime.SHIFTED);

  static ZooResult of(MutatedOp op, Regime regime, int mutantSeeds, int correctSeeds) {
    return new ZooResult(
        KillTable.row(op, regime, mutantSeeds, correctSeeds, KillTable.Checker.standard()));
  }

  /** What is not as it must be, in words; empty if all is well. */
  List<String> surprises() {
    List<String> surprises = new ArrayList<>();
    String where = row.op().name() + " at " + row.regime().title() + ": ";
    if (DEMANDING.contains(row.regime())) {
      row.survivors().forEach(name -> surprises.add(where + "mutant survived: " + name));
    }
    int allowed = row.regime() == Regime.FAR ? row.correctSeeds() / 200 : 0;
    if (row.accused() > allowed) {
      surprises.add(where + "correct gradient accused " + row.accused() + " times");
    }
    return surprises;
  }
}
