package org.tapegrad.examples.lessons;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/**
 * What a tape is: the list of all assignments, in order. The gradient is one walk from its end to
 * its start, in which every line hands the gradient of its result on to its operands.
 */
final class FirstTape {
  private FirstTape() {}

  static void run() {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(2));
    Tensor y = tape.variable(NdArray.scalar(5));
    Tensor f = x.log().plus(x.times(y)).minus(y.sin()); // ln x + xy - sin y
    System.out.println(tape);
    double dx = tape.gradient(f, x).item();
    double dy = tape.gradient(f, y).item();
    Lessons.check("df/dx = 1/x + y = 5.5", dx == 5.5);
    Lessons.check("df/dy = x - cos y", Math.abs(dy - (2 - Math.cos(5))) < 1e-15);
  }
}
