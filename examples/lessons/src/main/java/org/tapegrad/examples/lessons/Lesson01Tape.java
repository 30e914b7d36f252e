package org.tapegrad.examples.lessons;

import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;

import java.util.List;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** A tape is a list. The gradient is one walk from its end to its start. */
final class Lesson01Tape {
  private Lesson01Tape() {}

  public static void main(String[] args) {
    // Take f(x, y) = ln x + x·y - sin y at x = 2, y = 5. A computer does not see this formula: it
    // sees one operation after the other. A *tape* writes them down while they happen, one line
    // each, and prints them as the list of assignments that they are (a Wengert list, after R. E.
    // Wengert, who differentiated such lists by program in 1964).

    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(2));
    Tensor y = tape.variable(NdArray.scalar(5));
    Tensor f = x.log().plus(x.times(y)).minus(y.sin());
    System.out.println(tape);

    // Nothing is symbolic here. Every line has its value already:

    System.out.printf("f = %.6f%n", f.item());

    // ## Backwards
    //
    // Each line knows one more thing: how a small change of each of its operands changes its
    // result. That suffices. Start at the last line, where df/df = 1, and go up. When a line is
    // reached, everything below it has been visited, so its own gradient is complete; it hands that
    // gradient to its operands, each time multiplied by a local derivative:
    //
    // | line | hands on |
    // | --- | --- |
    // | v6 = v4 - v5 | 1 to v4, -1 to v5 |
    // | v5 = sin v1 | -1 · cos y to y |
    // | v4 = v2 + v3 | 1 to v2, 1 to v3 |
    // | v3 = v0 · v1 | y to x, x to y |
    // | v2 = ln v0 | 1/x to x |
    //
    // Then x has received y + 1/x, and y has received x - cos y.

    List<NdArray> gradient = tape.gradient(f, List.of(x, y));
    System.out.println("df/dx = " + gradient.get(0) + ", df/dy = " + gradient.get(1));

    check("df/dx = y + 1/x = 5.5, exactly", gradient.get(0).item() == 5 + 1 / 2.0);
    check("df/dy = x - cos y, exactly", gradient.get(1).item() == 2 - Math.cos(5));

    // Watch it travel: step forwards through the values, then backwards through the gradients.

    show("the tape of ln x + x·y - sin y", tape.explain(f));

    // ## Why the order needs no thought
    //
    // No operation can use a result that does not exist yet. So the order in which lines were
    // written is an order in which every operand stands above its use, for any program, with any
    // branches and loops: a topological order that nobody had to compute. Backward is a loop over a
    // list, as deep as you like:

    Tape deep = new Tape();
    Tensor start = deep.variable(NdArray.scalar(1));
    Tensor sum = start;
    for (int i = 0; i < 100_000; i++) {
      sum = sum.times(0.5).plus(1);
    }
    NdArray far = deep.gradient(sum, start);
    System.out.println(deep.size() + " lines, gradient " + far);

    check("200,000 operations need no recursion", deep.size() == 200_001);
    check("half of a half of a half ... is 0 in the end", far.item() == 0 && sum.item() == 2);

    // ## A gradient is returned
    //
    // Asking does not change the tape: there is no `.grad` to clear, and a second question gets the
    // same answer.

    check("the same question, the same answer", tape.gradient(f, x).equals(gradient.get(0)));
    check("the tape has seven lines as before", tape.size() == 7);
  }
}
