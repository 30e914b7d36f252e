package org.tapegrad;

import org.tapegrad.array.NdArray;

/**
 * A named array that outlives tapes, such as a weight. Each tape makes one tensor of it, however
 * often it is used, so its gradient is the sum over all uses.
 */
public interface Variable {

  /** The name that messages and printed tapes show. */
  String name();

  /** The current array. */
  NdArray value();
}
