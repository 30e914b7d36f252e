package org.tapegrad;

/**
 * One line of a tape.
 *
 * @param op the operation's name; for a leaf, what it is called
 * @param pullbacks one per input, empty for a leaf
 * @param kernel all pullbacks at once, or null
 * @param version how often the output had been written to when it was recorded
 */
record Node(Tensor output, String op, Pullback[] pullbacks, Pullback.Kernel kernel, int version) {}
