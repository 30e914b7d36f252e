package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.apache.commons.math3.analysis.differentiation.DerivativeStructure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.DType;
import org.tapegrad.Derivatives;
import org.tapegrad.NdArray;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/**
 * Derivatives of orders 1 to 4 of every norm along a line through all its inputs, against the
 * Taylor arithmetic of Commons Math.
 */
class NormOrdersTest {
  private static final int ORDER = 4;
  private static final double EPS = 0.5;

  /**
   * A norm and what it should compute.
   *
   * @param group which elements of x are normalised together
   * @param affine which element of gamma and beta an element of x takes
   * @param shapes of x, gamma and, if it has one, beta
   */
  private record Norm(
      String name,
      Function<List<Tensor>, Tensor> call,
      IntUnaryOperator group,
      IntUnaryOperator affine,
      boolean centred,
      List<int[]> shapes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static int[] shape(int... extents) {
    return extents;
  }

  static List<Norm> norms() {
    return List.of(
        new Norm(
            "instanceNorm2d",
            xs -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2), EPS),
            i -> i / 6,
            i -> i / 6 % 2,
            true,
            List.of(shape(2, 2, 2, 3), shape(2), shape(2))),
        new Norm(
            "conditional instanceNorm2d",
            xs -> InstanceNorm.instanceNorm2d(xs.get(0), xs.get(1), xs.get(2), EPS),
            i -> i / 6,
            i -> i / 6,
            true,
            List.of(shape(2, 2, 2, 3), shape(2, 2), shape(2, 2))),
        new Norm(
            "instanceNorm1d",
            xs -> InstanceNorm.instanceNorm1d(xs.get(0), xs.get(1), xs.get(2), EPS),
            i -> i / 4,
            i -> i / 4 % 3,
            true,
            List.of(shape(2, 3, 4), shape(3), shape(3))),
        new Norm(
            "instanceNorm3d",
            xs -> InstanceNorm.instanceNorm3d(xs.get(0), xs.get(1), xs.get(2), EPS),
            i -> i / 8,
            i -> i / 8,
            true,
            List.of(shape(1, 2, 2, 2, 2), shape(2), shape(2))),
        new Norm(
            "batchNorm",
            xs -> BatchNorm.batchNorm(xs.get(0), xs.get(1), xs.get(2), EPS),
            i -> i / 3 % 2,
            i -> i / 3 % 2,
            true,
            List.of(shape(3, 2, 3), shape(2), shape(2))),
        new Norm(
            "groupNorm",
            xs -> GroupNorm.groupNorm(xs.get(0), 2, xs.get(1), xs.get(2), EPS),
            i -> i / 6,
            i -> i / 3 % 4,
            true,
            List.of(shape(2, 4, 3), shape(4), shape(4))),
        new Norm(
            "layerNorm",
            xs -> LayerNorm.layerNorm(xs.get(0), shape(5), xs.get(1), xs.get(2), EPS),
            i -> i / 5,
            i -> i % 5,
            true,
            List.of(shape(3, 5), shape(5), shape(5))),
        new Norm(
            "rmsNorm",
            xs -> LayerNorm.rmsNorm(xs.get(0), shape(5), xs.get(1), EPS),
            i -> i / 5,
            i -> i % 5,
            false,
            List.of(shape(3, 5), shape(5))));
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
    NdArray weights = NdArray.normal(DType.FLOAT64, random, 0, 1, norm.shapes.get(0));
    double[] expected = taylor(norm, points, directions, weights);
    Function<Tensor, Tensor> f = t -> ours(norm, points, directions, weights, t);
    for (int order = 1; order <= ORDER; order++) {
      f = Derivatives.grad(f);
      double value = f.apply(new Tape().variable(NdArray.scalar(0))).item();
      double scale = 1 + Math.abs(expected[order]);
      assertEquals(expected[order], value, 1e-10 * scale, norm + " order " + order);
    }
  }

  private static Tensor ours(
      Norm norm, List<NdArray> points, List<NdArray> directions, NdArray weights, Tensor t) {
    Tape tape = t.tape();
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      inputs.add(t.times(tape.constant(directions.get(i))).plus(tape.constant(points.get(i))));
    }
    return norm.call.apply(inputs).times(tape.constant(weights)).sum();
  }

  /** The same sum in Taylor arithmetic, from the definition: its derivatives of orders 0 to 4. */
  private static double[] taylor(
      Norm norm, List<NdArray> points, List<NdArray> directions, NdArray weights) {
    List<DerivativeStructure[]> inputs = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      inputs.add(line(points.get(i).toDoubleArray(), directions.get(i).toDoubleArray()));
    }
    DerivativeStructure[] x = inputs.get(0);
    double[] w = weights.toDoubleArray();
    DerivativeStructure sum = constant(0);
    for (int i = 0; i < x.length; i++) {
      DerivativeStructure mean = norm.centred ? mean(norm, x, i, constant(0), 1) : constant(0);
      DerivativeStructure variance = mean(norm, x, i, mean, 2);
      DerivativeStructure xhat = x[i].subtract(mean).divide(variance.add(EPS).sqrt());
      int a = norm.affine.applyAsInt(i);
      DerivativeStructure y = xhat.multiply(inputs.get(1)[a]);
      sum = sum.add((inputs.size() > 2 ? y.add(inputs.get(2)[a]) : y).multiply(w[i]));
    }
    double[] derivatives = new double[ORDER + 1];
    for (int order = 0; order <= ORDER; order++) {
      derivatives[order] = sum.getPartialDerivative(order);
    }
    return derivatives;
  }

  /** The mean of (x - centre)ᵖ over the group of element i. */
  private static DerivativeStructure mean(
      Norm norm, DerivativeStructure[] x, int i, DerivativeStructure centre, int p) {
    DerivativeStructure sum = constant(0);
    int count = 0;
    for (int j = 0; j < x.length; j++) {
      if (norm.group.applyAsInt(j) == norm.group.applyAsInt(i)) {
        sum = sum.add(x[j].subtract(centre).pow(p));
        count++;
      }
    }
    return sum.divide(count);
  }

  private static DerivativeStructure constant(double value) {
    return new DerivativeStructure(1, ORDER, value);
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
            LayerNorm.layerNorm(t.times(t.tape().constant(halves)), shape(2), null, null, 0.25)
                .slice(0, 0, 1)
                .sum();
    Tensor t = new Tape().variable(NdArray.scalar(0.7));
    double second = Derivatives.grad(Derivatives.grad(first)).apply(t).item();
    assertEquals(0.7749142079590942, second, 1e-15);
  }
}
