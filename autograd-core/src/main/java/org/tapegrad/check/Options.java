package org.tapegrad.check;

/** How much a check may cost and what it must show; see the methods of {@link TensorCheck}. */
final class Options {
  long seed = 20160727;
  int directions = 2;
  boolean everyElement;
  double digits = 4;
  double agreeingTo;
}
