package org.tapegrad.ops;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.commons.math3.analysis.differentiation.DerivativeStructure;
import org.tapegrad.array.NdArray;

/** The norms written from their definitions in the Taylor arithmetic of Commons Math. */
final class TaylorNorms {

  /** What a norm makes of its inputs, which are flat. */
  interface Definition {
    DerivativeStructure[] apply(List<DerivativeStructure[]> inputs, double eps);
  }

  private TaylorNorms() {}

  /**
   * Of x, gamma and, if there are three inputs, beta.
   *
   * @param group which elements of x are normalised together
   * @param affine which element of gamma and beta an element of x takes
   */
  static Definition centred(IntUnaryOperator group, IntUnaryOperator affine) {
    return (inputs, eps) -> scaled(normalised(inputs.get(0), group, true, eps), inputs, affine);
  }

  /** The same without taking the mean away. */
  static Definition rootMeanSquare(IntUnaryOperator group, IntUnaryOperator affine) {
    return (inputs, eps) -> scaled(normalised(inputs.get(0), group, false, eps), inputs, affine);
  }

  /** With known statistics per channel. */
  static Definition withStatistics(RunningStatistics known, IntUnaryOperator channel) {
    return (inputs, eps) -> {
      DerivativeStructure[] x = inputs.get(0).clone();
      Arrays.setAll(
          x,
          i -> {
            int c = channel.applyAsInt(i);
            double deviation = Math.sqrt(at(known.variance(), c) + eps);
            return x[i].subtract(at(known.mean(), c)).divide(deviation);
          });
      return scaled(x, inputs, channel);
    };
  }

  private static double at(NdArray a, int i) {
    return a.toDoubleArray()[i];
  }

  /** Of content and style, planes of which have so many values. */
  static Definition adaptive(int contentPlane, int stylePlane) {
    return (inputs, eps) -> {
      DerivativeStructure[] y = normalised(inputs.get(0), i -> i / contentPlane, true, eps);
      DerivativeStructure[] style = inputs.get(1);
      for (int i = 0; i < y.length; i++) {
        int p = i / contentPlane * stylePlane;
        DerivativeStructure[] plane = Arrays.copyOfRange(style, p, p + stylePlane);
        DerivativeStructure mean = mean(plane, j -> 0, 0, zero(y[0]), 1);
        DerivativeStructure variance = mean(plane, j -> 0, 0, mean, 2);
        y[i] = y[i].multiply(variance.add(eps).sqrt()).add(mean);
      }
      return y;
    };
  }

  /** Of x[N, C, plane], gammas[S, C], betas[S, C] and weights[N, S]. */
  static Definition conditional(int channels, int styles, int plane) {
    return (inputs, eps) -> {
      DerivativeStructure[] y = normalised(inputs.get(0), i -> i / plane, true, eps);
      for (int i = 0; i < y.length; i++) {
        int n = i / plane / channels;
        int c = i / plane % channels;
        DerivativeStructure gamma = zero(y[0]);
        DerivativeStructure beta = gamma;
        for (int s = 0; s < styles; s++) {
          DerivativeStructure weight = inputs.get(3)[n * styles + s];
          gamma = gamma.add(weight.multiply(inputs.get(1)[s * channels + c]));
          beta = beta.add(weight.multiply(inputs.get(2)[s * channels + c]));
        }
        y[i] = y[i].multiply(gamma).add(beta);
      }
      return y;
    };
  }

  private static DerivativeStructure[] normalised(
      DerivativeStructure[] x, IntUnaryOperator group, boolean centred, double eps) {
    DerivativeStructure[] xhat = new DerivativeStructure[x.length];
    for (int i = 0; i < x.length; i++) {
      DerivativeStructure zero = zero(x[i]);
      DerivativeStructure mean = centred ? mean(x, group, i, zero, 1) : zero;
      DerivativeStructure variance = mean(x, group, i, mean, 2);
      xhat[i] = x[i].subtract(mean).divide(variance.add(eps).sqrt());
    }
    return xhat;
  }

  private static DerivativeStructure zero(DerivativeStructure like) {
    return like.multiply(0);
  }

  /** The mean of (x - centre)ᵖ over the group of element i. */
  private static DerivativeStructure mean(
      DerivativeStructure[] x, IntUnaryOperator group, int i, DerivativeStructure centre, int p) {
    DerivativeStructure sum = zero(centre);
    int count = 0;
    for (int j = 0; j < x.length; j++) {
      if (group.applyAsInt(j) == group.applyAsInt(i)) {
        sum = sum.add(x[j].subtract(centre).pow(p));
        count++;
      }
    }
    return sum.divide(count);
  }

  private static DerivativeStructure[] scaled(
      DerivativeStructure[] xhat, List<DerivativeStructure[]> inputs, IntUnaryOperator affine) {
    DerivativeStructure[] y = xhat.clone();
    for (int i = 0; i < y.length; i++) {
      int a = affine.applyAsInt(i);
      y[i] = inputs.size() > 1 ? y[i].multiply(inputs.get(1)[a]) : y[i];
      y[i] = inputs.size() > 2 ? y[i].add(inputs.get(2)[a]) : y[i];
    }
    return y;
  }
}
