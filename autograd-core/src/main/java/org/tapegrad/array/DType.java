package org.tapegrad.array;

import org.tapegrad.kernel.Kernels;

/** The element type of an array, named as NumPy names it. */
public enum DType {
  /** 64-bit IEEE 754: for checking derivatives and for teaching. */
  FLOAT64("float64", Kernels.FLOAT64, 0x1p-52),
  /** 32-bit IEEE 754: for training. */
  FLOAT32("float32", Kernels.FLOAT32, 0x1p-23);

  private final String label;
  private final Kernels<Object> kernels;
  private final double epsilon;

  @SuppressWarnings(
      "unchecked") // an array of this type is only ever handed to the kernels of this type
  DType(String label, Kernels<?> kernels, double epsilon) {
    this.label = label;
    this.kernels = (Kernels<Object>) kernels;
    this.epsilon = epsilon;
  }

  /** The loops over arrays of this type. */
  @SuppressWarnings("exports") // for our own modules
  public Kernels<Object> kernels() {
    return kernels;
  }

  /**
   * The kernels in use and the width of their vectors, as {@code plain} or {@code vector, 512
   * bits}. Where it is the same, results are the same bit for bit, whatever the number of threads
   * and whatever has been compiled.
   */
  public static String kernelSet() {
    return Kernels.NAME;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return kernels.memory().bytes();
  }

  /** The distance from 1 to the next larger number of this type. */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public String toString() {
    return label;
  }
}
