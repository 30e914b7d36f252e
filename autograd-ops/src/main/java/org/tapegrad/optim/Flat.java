package org.tapegrad.optim;

import java.util.List;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;

/** All parameters, or all their gradients, one after the other as one vector of float64. */
final class Flat {
  private Flat() {}

  static double[] of(List<NdArray> arrays) {
    int n = 0;
    for (NdArray a : arrays) {
      n = Math.addExact(n, a.size());
    }
    double[] flat = new double[n];
    int at = 0;
    for (NdArray a : arrays) {
      System.arraycopy(a.toDoubleArray(), 0, flat, at, a.size());
      at += a.size();
    }
    return flat;
  }

  /** Writes a vector into parameters, in their element types. */
  static void assign(double[] flat, List<Parameter> parameters) {
    int at = 0;
    for (Parameter p : parameters) {
      double[] part = new double[p.value().size()];
      System.arraycopy(flat, at, part, 0, part.length);
      p.value().assign(NdArray.of(part, p.value().shape()));
      at += part.length;
    }
  }

  /** In four sums, so that their terms need not wait for each other. */
  static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    double sum = s0 + s1 + (s2 + s3);
    for (; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** a += factor · b. */
  static void add(double[] a, double factor, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] += factor * b[i];
    }
  }

  /** a *= factor. */
  static void scale(double[] a, double factor) {
    for (int i = 0; i < a.length; i++) {
      a[i] *= factor;
    }
  }

  static double[] times(double[] a, double factor) {
    double[] product = a.clone();
    scale(product, factor);
    return product;
  }

  static double[] minus(double[] a, double[] b) {
    double[] difference = a.clone();
    add(difference, -1, b);
    return difference;
  }

  static double sumOfMagnitudes(double[] a) {
    double sum = 0;
    for (double v : a) {
      sum += Math.abs(v);
    }
    return sum;
  }

  static double largest(double[] a) {
    double largest = 0;
    for (double v : a) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
