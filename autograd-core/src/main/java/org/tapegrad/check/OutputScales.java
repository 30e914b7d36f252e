package org.tapegrad.check;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * Cotangents for outputs of very different size, so that no output drowns another in their sum. The
 * size of an output is the largest it has at the point and at two places near by, since one that is
 * small by chance is not so everywhere.
 */
final class OutputScales {
  /** Outputs that differ by more than this factor, ten of their digits, are told apart. */
  private static final double ALIKE = 0x1p10;

  /** Far enough to leave a chance zero, near enough to stay in most domains. */
  private static final double SHARE = 0.25;

  private OutputScales() {}

  /** Divides cotangents by the sizes of their outputs, to a power of two, if these differ much. */
  static void balance(
      TensorProgram program,
      List<NdArray> outputs,
      List<NdArray> cotangents,
      double lower,
      double upper) {
    double[][] size = outputs.stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
    if (Arrays.stream(size).mapToInt(s -> s.length).sum() < 2 || !differ(size)) {
      return;
    }
    for (double share : new double[] {SHARE, -SHARE}) {
      SplittableRandom random = new SplittableRandom(1);
      include(
          size,
          program,
          program.point().stream()
              .map(x -> moved(x, share, random).map(v -> Math.max(lower, Math.min(upper, v))))
              .toList());
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

  private static void include(double[][] size, TensorProgram program, List<NdArray> near) {
    List<NdArray> outputs;
    try {
      Tape tape = new Tape();
      List<Tensor> inputs = program.lift(tape, near);
      outputs = program.values(tape, inputs);
    } catch (RuntimeException e) {
      return; // outside of the domain
    }
    for (int k = 0; k < size.length; k++) {
      double[] y = outputs.get(k).toDoubleArray();
      for (int j = 0; j < Math.min(y.length, size[k].length); j++) {
        double own = Math.abs(size[k][j]);
        size[k][j] = isSize(y[j]) ? Math.max(own, Math.abs(y[j])) : own;
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
}
