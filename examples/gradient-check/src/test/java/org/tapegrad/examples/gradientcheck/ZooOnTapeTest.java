package org.tapegrad.examples.gradientcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Verdict;
import org.tapegrad.zoo.ArrayFunction;
import org.tapegrad.zoo.KillTable;
import org.tapegrad.zoo.MutatedOp;
import org.tapegrad.zoo.MutatedOp.Regime;
import org.tapegrad.zoo.Zoo;

/** The zoo once more, its gradients recorded on a tape as a user's own operations. */
class ZooOnTapeTest {

  private static Tensor recorded(
      ArrayFunction f, ArrayFunction.Pullback gradient, List<Tensor> inputs) {
    double[][] x = inputs.stream().map(t -> t.value().toDoubleArray()).toArray(double[][]::new);
    double[] y = f.value(x);
    Pullback[] pullbacks = new Pullback[x.length];
    for (int i = 0; i < x.length; i++) {
      int input = i;
      pullbacks[i] =
          Pullback.wrt(
              inputs.get(i),
              (out, g) -> {
                double[] dx = gradient.gradient(x, g.value().toDoubleArray())[input];
                return out.tape().constant(NdArray.of(dx, dx.length));
              });
    }
    return Tape.record("zoo", NdArray.of(y, y.length), pullbacks);
  }

  private static Verdict onTape(
      ArrayFunction f, ArrayFunction.Pullback gradient, double[][] x, long seed) {
    NdArray[] point = Arrays.stream(x).map(a -> NdArray.of(a, a.length)).toArray(NdArray[]::new);
    return GradientCheck.ofList(inputs -> recorded(f, gradient, inputs))
        .at(point)
        .orders(1)
        .seed(seed)
        .report()
        .verdict();
  }

  @Test
  void everyMutantDiesThereToo() {
    for (MutatedOp op : Zoo.ops()) {
      KillTable.Row row = KillTable.row(op, Regime.UNIT, 1, 3, ZooOnTapeTest::onTape);
      assertEquals(12, row.killed(), row::toString);
      assertEquals(3, row.passed(), row::toString);
    }
  }
}
