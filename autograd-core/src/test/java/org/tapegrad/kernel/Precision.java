package org.tapegrad.kernel;

import java.util.Random;

/** The array type of a kernel under test, converted to and from double for comparisons. */
interface Precision<A> {
  /** A copy with every element rounded to this type. */
  A from(double[] values);

  double[] toDoubles(A array);

  /** Half the distance from 1 to the next number. */
  double roundoff();

  Precision<double[]> F64 =
      new Precision<>() {
        @Override
        public double[] from(double[] values) {
          return values.clone();
        }

        @Override
        public double[] toDoubles(double[] array) {
          return array.clone();
        }

        @Override
        public double roundoff() {
          return 0x1p-53;
        }

        @Override
        public String toString() {
          return "float64";
        }
      };

  Precision<float[]> F32 =
      new Precision<>() {
        @Override
        public float[] from(double[] values) {
          float[] array = new float[values.length];
          for (int i = 0; i < array.length; i++) {
            array[i] = (float) values[i];
          }
          return array;
        }

        @Override
        public double[] toDoubles(float[] array) {
          double[] values = new double[array.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = array[i];
          }
          return values;
        }

        @Override
        public double roundoff() {
          return 0x1p-24;
        }

        @Override
        public String toString() {
          return "float32";
        }
      };

  /** Normal numbers that every precision represents exactly. */
  static double[] normal(Random random, int size) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
