package org.tapegrad.check;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * Cotangents for outputs of very different size, so that no output drowns another in their sum. The
 * size of an output is the largest it has at the point and at two places near by, since one that is
 * small by chance is not so everywhere, and at least what keeps its rounding noise small beside the
 * others: an output that is nothing but noise, such as the gradient of a bias before a norm, has no
 * size of its own.
 */
final class OutputScales {
  /** Outputs that differ by more than this factor, ten of their digits, are told apart. */
  private static final double ALIKE = 0x1p10;

  /** Far enough to leave a chance zero, near enough to stay in most domains. */
  private static final double SHARE = 0.25;

  /** Sizes in units of noise: all digits but those in which outputs may differ and be alike. */
  private static final double NOISE = 0x1p52 / ALIKE;

  private OutputScales() {}

  /** Divides cotangents by the sizes of their outputs, to a power of two, if these differ much. */
  static void balance(
      TensorProgram program,
      List<NdArray> outputs,
      List<NdArray> cotangents,
      double lower,
      double upper) {
    double[][] here = outputs.stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
    if (Arrays.stream(here).mapToInt(s -> s.length).sum() < 2 || !differ(here)) {
      return;
    }
    double[][] size = Arrays.stream(here).map(double[]::clone).toArray(double[][]::new);
    for (int sign : new int[] {1, -1}) {
      SplittableRandom random = new SplittableRandom(1);
      DoubleUnaryOperator within = v -> Math.max(lower, Math.min(upper, v));
      double[][] near = values(program, here, x -> moved(x, sign * SHARE, random).map(within));
      enlarge(size, (k, j) -> near[k][j]);
      double[][] beside = values(program, here, x -> nudged(x, sign, random).map(within));
      enlarge(size, (k, j) -> NOISE * (beside[k][j] - here[k][j]));
    }
    if (differ(size)) {
      for (int k = 0; k < size.length; k++) {
        double[] v = cotangents.get(k).toDoubleArray();
        for (int j = 0; j < v.length; j++) {
          v[j] = isSize(size[k][j]) ? Math.scalb(v[j], -Math.getExponent(size[k][j])) : v[j];
        }
        cotangents.set(k, NdArray.of(v, cotangents.get(k).shape()));
      }
    }
  }

  private static boolean isSize(double y) {
    return y != 0 && Double.isFinite(y);
  }

  private static boolean differ(double[][] sizes) {
    double[] all =
        Arrays.stream(sizes)
            .flatMapToDouble(Arrays::stream)
            .map(Math::abs)
            .filter(OutputScales::isSize)
            .toArray();
    double smallest = Arrays.stream(all).min().orElse(1);
    return Arrays.stream(all).max().orElse(1) > ALIKE * smallest;
  }

  /** The outputs with each input changed; those at the point where that leaves the domain. */
  private static double[][] values(
      TensorProgram program, double[][] here, UnaryOperator<NdArray> change) {
    try {
      Tape tape = new Tape();
      List<Tensor> inputs = program.lift(tape, program.point().stream().map(change).toList());
      return program.values(tape, inputs).stream()
          .map(NdArray::toDoubleArray)
          .toArray(double[][]::new);
    } catch (RuntimeException e) {
      return here;
    }
  }

  /** Of one output, by its place. */
  private interface Size {
    double of(int output, int element);
  }

  private static void enlarge(double[][] sizes, Size other) {
    for (int k = 0; k < sizes.length; k++) {
      for (int j = 0; j < sizes[k].length; j++) {
        double y = Math.abs(other.of(k, j));
        double own = Math.abs(sizes[k][j]);
        sizes[k][j] = isSize(y) ? Math.max(own, y) : own;
      }
    }
  }

  private static NdArray moved(NdArray x, double share, SplittableRandom random) {
    double[] to = x.toDoubleArray();
    double[] d = new Directions(to).random(random);
    for (int i = 0; i < to.length; i++) {
      to[i] += share * d[i];
    }
    return NdArray.of(to, x.shape());
  }

  /** Each element one unit in its last place up or down; zero stays. */
  private static NdArray nudged(NdArray x, int sign, SplittableRandom random) {
    return x.map(v -> v == 0 ? v : v + (random.nextBoolean() ? sign : -sign) * Math.ulp(v));
  }
}
