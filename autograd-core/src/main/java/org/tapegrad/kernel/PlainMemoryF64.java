package org.tapegrad.kernel;

import java.util.Arrays;

/** Memory of {@code double[]}. */
final class PlainMemoryF64 implements Memory<double[]> {

  @Override
  public int bytes() {
    return Double.BYTES;
  }

  @Override
  public double[] allocate(int n) {
    return new double[n];
  }

  @Override
  public /**/ double get(double[] a, int i) {
    return a[i];
  }

  @Override
  public void set(double[] a, int i, /**/ double value) {
    a[i] = (double) value;
  }

  @Override
  public void fill(double[] a, int from, int to, /**/ double value) {
    Arrays.fill(a, from, to, (double) value);
  }

  @Override
  public void copy(double[] from, int fromOffset, double[] to, int toOffset, int n) {
    System.arraycopy(from, fromOffset, to, toOffset, n);
  }

  @Override
  public /**/ double[] toFloat64(double[] a, int n) {
    /**/ double[] copy = new /**/ double[n];
    for (int i = 0; i < n; i++) {
      copy[i] = a[i];
    }
    return copy;
  }

  @Override
  public float[] toFloat32(double[] a, int n) {
    float[] copy = new float[n];
    for (int i = 0; i < n; i++) {
      copy[i] = (float) a[i];
    }
    return copy;
  }

  @Override
  public boolean equal(double[] a, double[] b, int n) {
    return Arrays.equals(a, 0, n, b, 0, n);
  }

  @Override
  public int hash(double[] a, int n) {
    int hash = 1;
    for (int i = 0; i < n; i++) {
      hash = 31 * hash + Double.hashCode(a[i]);
    }
    return hash;
  }

  @Override
  public int firstNonFinite(double[] a, int n) {
    for (int i = 0; i < n; i++) {
      if (!Double.isFinite(a[i])) {
        return i;
      }
    }
    return -1;
  }
}
