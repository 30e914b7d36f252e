package org.tapegrad;

/**
 * One line of a tape.
 *
 * @param op the operation's name; for a leaf, what it is called
 * @param arguments what the operation was called with besides tensors, null for nothing
 * @param pullbacks one per input, empty for a leaf
 * @param fused all pullbacks at once, or null
 * @param version how often the output had been written to when it was recorded
 */
record Node(
    Tensor output,
    String op,
    Object arguments,
    Pullback[] pullbacks,
    Pullback.Fused fused,
    int version) {}
