package org.tapegrad.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tapegrad.zoo.InstanceNormZoo;
import org.tapegrad.zoo.KillTable;
import org.tapegrad.zoo.KillTable.Checker;
import org.tapegrad.zoo.KillTable.Row;
import org.tapegrad.zoo.MutatedOp;
import org.tapegrad.zoo.MutatedOp.Regime;
import org.tapegrad.zoo.UpsamplingZoo;
import org.tapegrad.zoo.Zoo;

/**
 * The acceptance test of the gradient checker: it kills every mutant and accuses nothing that is
 * right.
 */
class ZooTest {

  /** At x·1e3 dropping eps changes dx by 5e-12 of itself, which only sharp directions can show. */
  private static final Set<Regime> REQUIRED = EnumSet.of(Regime.UNIT, Regime.SMALL, Regime.SHIFTED);

  @Test
  void instanceNorm() {
    for (double eps : new double[] {1e-5, 1e-3}) {
      for (Regime regime : Regime.values()) {
        Row row = KillTable.row(InstanceNormZoo.op(eps), regime, 2, 60, Checker.standard());
        assertEquals(12, row.kills().length);
        if (REQUIRED.contains(regime)) {
          assertEquals(12, row.killed(), row::toString);
        }
        assertTrue(row.accused() <= (regime == Regime.FAR ? 1 : 0), row::toString);
        assertTrue(row.passed() >= 59, row::toString);
      }
    }
  }

  @Test
  void convolutionCrossEntropyPaddingAndUpsampling() {
    for (MutatedOp op : Zoo.ops()) {
      for (Regime regime : EnumSet.of(Regime.UNIT, Regime.SHIFTED)) {
        Row row = KillTable.row(op, regime, 1, 5, Checker.standard());
        assertEquals(12, row.kills().length);
        assertEquals(12, row.killed(), row::toString);
        assertEquals(0, row.accused(), row::toString);
        assertEquals(5, row.passed(), row::toString);
      }
    }
  }

  @Test
  void aCotangentOfOnesKillsLittle() {
    Checker sumOfOutputs =
        (f, claimed, x, seed) -> {
          double[] ones = f.value(x).clone();
          Arrays.fill(ones, 1);
          return GradientCheck.ofArrays(f::value, claimed::gradient)
              .at(x)
              .cotangent(ones)
              .report()
              .verdict();
        };
    Row row = KillTable.row(InstanceNormZoo.op(1e-5), Regime.UNIT, 2, 2, sumOfOutputs);
    assertTrue(row.killed() < 8, row::toString);
    assertTrue(row.survivors().size() > 4, row::toString);
    assertEquals(0, row.passed(), "sum(y) is vacuous and must not pass as correct");
  }

  @Test
  void aBlindCheckerKillsNothing() {
    Row row =
        KillTable.row(
            UpsamplingZoo.op(), Regime.UNIT, 1, 1, (f, g, x, s) -> new Verdict.Correct(9));
    assertEquals(0, row.killed());
    assertEquals(12, row.survivors().size());
  }
}
