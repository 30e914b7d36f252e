package org.tapegrad.check;

/** A scalar function of named inputs together with the gradient that somebody claims it has. */
interface Subject {

  /** The number of inputs. */
  int inputs();

  /** The name of an input, for reports. */
  String name(int input);

  /** The element at a flat index as a reader would write it: {@code [3]} or {@code [0, 1, 2]}. */
  default String element(int input, int index) {
    return "[" + index + "]";
  }

  /** The point of the check; the caller may keep but not change it. */
  double[] point(int input);

  /** The function's value; {@code x[input][element]} is not changed and not kept. */
  double value(double[][] x);

  /** The claimed gradient, one array per input and as long as that input. */
  double[][] gradient(double[][] x);

  /** How far the value may be off by rounding in the sum that forms it, in absolute terms. */
  default double rounding() {
    return 0;
  }
}
