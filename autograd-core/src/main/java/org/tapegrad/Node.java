package org.tapegrad;

/**
 * One line of a tape.
 *
 * @param op the operation's name; for a leaf, what it is called
 * @param pullbacks one per input, empty for a leaf
 * @param kernel all pullbacks at once, or null
 */
record Node(Tensor output, String op, Pullback[] pullbacks, Pullback.Kernel kernel) {

  /** Whether the input takes part in differentiation. */
  boolean differentiates(int input) {
    Tensor t = pullbacks[input].input();
    return t != null && !t.isConstant();
  }
}
