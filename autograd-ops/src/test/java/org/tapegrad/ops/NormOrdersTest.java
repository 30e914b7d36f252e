package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.commons.math3.analysis.differentiation.DerivativeStructure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Derivatives;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Derivatives of orders 1 to 4 of every norm along a line through all its inputs, against the
 * Taylor arithmetic of Commons Math.
 */
class NormOrdersTest {
  private static final int ORDER = 4;

  private static final RunningStatistics KNOWN =
      new RunningStatistics(
          NdArray.of(new double[] {0.3, -1}, 2),
          NdArray.of(new double[] {2, 0.7}, 2),
          NdArray.scalar(0),
          0.1);

  /** A norm, what it should compute, and the shapes of its inputs. */
  private record Norm(
      String name,
      BiFunction<List<Tensor>, Double, Tensor> call,
      TaylorNorms.Definition definition,
      int[]... shapes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static int[] shape(int... sizes) {
    return sizes;
  }

  static List<Norm> norms() {
    return List.of(
        new Norm(
            "instanceNorm2d",
            (xs, eps) -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 6, i -> i / 6 % 2),
            shape(2, 2, 2, 3),
            shape(2),
            shape(2)),
        new Norm(
            "instanceNorm2d without gamma and beta",
            (xs, eps) -> InstanceNorm.instanceNorm2d(xs.get(0), null, null, eps),
            TaylorNorms.centred(i -> i / 6, i -> 0),
            shape(2, 2, 2, 3)),
        new Norm(
            "instanceNorm2d with gamma and beta per image",
            (xs, eps) -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 6, i -> i / 6),
            shape(2, 2, 2, 3),
            shape(2, 2),
            shape(2, 2)),
        new Norm(
            "instanceNorm2d with running statistics",
            (xs, eps) ->
                InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2), eps, KNOWN, false),
            TaylorNorms.withStatistics(KNOWN, i -> i / 6 % 2),
            shape(2, 2, 2, 3),
            shape(2),
            shape(2)),
        new Norm(
            "instanceNorm1d",
            (xs, eps) -> InstanceNorm.instanceNorm1d(xs.get(0), xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 4, i -> i / 4 % 3),
            shape(2, 3, 4),
            shape(3),
            shape(3)),
        new Norm(
            "instanceNorm3d",
            (xs, eps) -> InstanceNorm.instanceNorm3d(xs.get(0), xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 8, i -> i / 8),
            shape(1, 2, 2, 2, 2),
            shape(2),
            shape(2)),
        new Norm(
            "batchNorm",
            (xs, eps) -> Norms.batchNorm(xs.get(0), xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 3 % 2, i -> i / 3 % 2),
            shape(3, 2, 3),
            shape(2),
            shape(2)),
        new Norm(
            "batchNorm at evaluation",
            (xs, eps) -> Norms.batchNorm(xs.get(0), xs.get(1), xs.get(2), eps, KNOWN, false),
            TaylorNorms.withStatistics(KNOWN, i -> i / 3 % 2),
            shape(3, 2, 3),
            shape(2),
            shape(2)),
        new Norm(
            "groupNorm",
            (xs, eps) -> Norms.groupNorm(xs.get(0), 2, xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 6, i -> i / 3 % 4),
            shape(2, 4, 3),
            shape(4),
            shape(4)),
        new Norm(
            "layerNorm",
            (xs, eps) -> Norms.layerNorm(xs.get(0), shape(5), xs.get(1), xs.get(2), eps),
            TaylorNorms.centred(i -> i / 5, i -> i % 5),
            shape(3, 5),
            shape(5),
            shape(5)),
        new Norm(
            "rmsNorm",
            (xs, eps) -> Norms.rmsNorm(xs.get(0), shape(5), xs.get(1), eps),
            TaylorNorms.rootMeanSquare(i -> i / 5, i -> i % 5),
            shape(3, 5),
            shape(5)),
        new Norm(
            "adaptiveInstanceNorm",
            (xs, eps) -> StyleNorm.adaptiveInstanceNorm(xs.get(0), xs.get(1), eps),
            TaylorNorms.adaptive(6, 4),
            shape(2, 2, 2, 3),
            shape(2, 2, 2, 2)),
        new Norm(
            "conditionalInstanceNorm",
            (xs, eps) ->
                StyleNorm.conditionalInstanceNorm(xs.get(0), xs.get(1), xs.get(2), xs.get(3), eps),
            TaylorNorms.conditional(2, 3, 4),
            shape(2, 2, 2, 2),
            shape(3, 2),
            shape(3, 2),
            shape(2, 3)));
  }

  @ParameterizedTest
  @MethodSource("norms")
  void derivativesAlongALine(Norm norm) {
    SplittableRandom random = new SplittableRandom(17);
    List<NdArray> points = new ArrayList<>();
    List<NdArray> directions = new ArrayList<>();
    for (int[] shape : norm.shapes) {
      points.add(NdArray.normal(DType.FLOAT64, random, 0, 1, shape));
      directions.add(NdArray.normal(DType.FLOAT64, random, 0, 1, shape));
    }
    NdArray weights = NdArray.normal(DType.FLOAT64, random, 0, 1, norm.shapes[0]);
    for (double eps : new double[] {0.5, 0.25, 1e-5}) {
      double[] expected = taylor(norm, eps, points, directions, weights);
      Function<Tensor, Tensor> f = t -> ours(norm, eps, points, directions, weights, t);
      for (int order = 1; order <= ORDER; order++) {
        f = Derivatives.grad(f);
        double value = f.apply(new Tape().variable(NdArray.scalar(0))).item();
        double scale = 1 + Math.abs(expected[order]);
        assertEquals(
            expected[order], value, 1e-11 * scale, norm + " eps " + eps + " order " + order);
      }
    }
  }

  private static Tensor ours(
      Norm norm,
      double eps,
      List<NdArray> points,
      List<NdArray> directions,
      NdArray weights,
      Tensor t) {
    Tape tape = t.tape();
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      inputs.add(t.times(tape.constant(directions.get(i))).plus(tape.constant(points.get(i))));
    }
    return norm.call.apply(inputs, eps).times(tape.constant(weights)).sum();
  }

  /** The same sum in Taylor arithmetic: its derivatives of orders 0 to 4. */
  private static double[] taylor(
      Norm norm, double eps, List<NdArray> points, List<NdArray> directions, NdArray weights) {
    List<DerivativeStructure[]> inputs = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      inputs.add(line(points.get(i).toDoubleArray(), directions.get(i).toDoubleArray()));
    }
    DerivativeStructure[] y = norm.definition.apply(inputs, eps);
    double[] w = weights.toDoubleArray();
    DerivativeStructure sum = new DerivativeStructure(1, ORDER, 0.0);
    for (int i = 0; i < y.length; i++) {
      sum = sum.add(y[i].multiply(w[i]));
    }
    double[] derivatives = new double[ORDER + 1];
    for (int order = 0; order <= ORDER; order++) {
      derivatives[order] = sum.getPartialDerivative(order);
    }
    return derivatives;
  }

  private static DerivativeStructure[] line(double[] point, double[] direction) {
    DerivativeStructure t = new DerivativeStructure(1, ORDER, 0, 0);
    DerivativeStructure[] line = new DerivativeStructure[point.length];
    for (int i = 0; i < point.length; i++) {
      line[i] = t.multiply(direction[i]).add(point[i]);
    }
    return line;
  }

  /**
   * Layer norm of (-t/2, t/2) with eps 1/4 is -t/sqrt(1 + t²), whose second derivative is known.
   */
  @Test
  void secondDerivativeOfTwoValues() {
    NdArray halves = NdArray.of(new double[] {-0.5, 0.5}, 2);
    Function<Tensor, Tensor> first =
        t ->
            Norms.layerNorm(t.times(t.tape().constant(halves)), shape(2), null, null, 0.25)
                .slice(0, 0, 1)
                .sum();
    Tensor t = new Tape().variable(NdArray.scalar(0.7));
    double second = Derivatives.grad(Derivatives.grad(first)).apply(t).item();
    assertEquals(0.7749142079590942, second, 1e-15);
  }
}
