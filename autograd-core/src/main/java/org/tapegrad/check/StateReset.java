package org.tapegrad.check;

import java.util.List;
import org.tapegrad.array.NdArray;

/** Puts arrays back to what they held when this was made, then runs a further action. */
final class StateReset implements Runnable {
  private final List<NdArray> arrays;
  private final List<NdArray> saved;
  private final Runnable further;

  StateReset(List<NdArray> arrays, Runnable further) {
    this.arrays = arrays;
    this.saved = arrays.stream().map(NdArray::copy).toList();
    this.further = further;
  }

  void arraysOnly() {
    for (int i = 0; i < arrays.size(); i++) {
      if (!arrays.get(i).equals(saved.get(i))) {
        arrays.get(i).assign(saved.get(i));
      }
    }
  }

  @Override
  public void run() {
    arraysOnly();
    further.run();
  }
}
