package org.tapegrad;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.Explanation.Line;

/** Where each line of a tape is used, found in one pass from the last line to the first. */
final class Uses {
  static final int NOWHERE = Integer.MAX_VALUE;

  /** The first line that uses it. */
  final int[] first;

  /** The last line that depends on it, which is itself if none does. */
  final int[] last;

  /**
   * The first line on the way to the output that takes a constant with its array, or with that of a
   * line that depends on it; the number of lines if the output is that constant.
   */
  final int[] taken;

  /** The line whose array that is. */
  final int[] detached;

  Uses(List<Line> lines, Tensor output) {
    int n = lines.size();
    first = filled(n, NOWHERE);
    last = new int[n];
    taken = filled(n, NOWHERE);
    detached = new int[n];
    Map<Object, Integer> takers = takers(lines, output);
    for (int i = n - 1; i >= 0; i--) {
      Line line = lines.get(i);
      last[i] = Math.max(last[i], i);
      int taker = takers.getOrDefault(line.output().value().data(), NOWHERE);
      if (taker < taken[i]) {
        taken[i] = taker;
        detached[i] = i;
      }
      line.inputs().stream().filter(Uses::isLine).forEach(t -> pass(line.number(), t.index()));
    }
  }

  private static int[] filled(int n, int value) {
    int[] array = new int[n];
    Arrays.fill(array, value);
    return array;
  }

  private void pass(int from, int to) {
    first[to] = from;
    last[to] = Math.max(last[to], last[from]);
    if (taken[from] < taken[to]) {
      taken[to] = taken[from];
      detached[to] = detached[from];
    }
  }

  /** By its array, the first line on the way to the output that takes a constant. */
  private static Map<Object, Integer> takers(List<Line> lines, Tensor output) {
    Map<Object, Integer> takers = new IdentityHashMap<>();
    if (output.isConstant()) {
      takers.put(output.value().data(), lines.size());
      return takers;
    }
    boolean[] above = leadingTo(lines, output.index());
    for (int i = 0; i < above.length; i++) {
      for (Tensor t : above[i] ? lines.get(i).inputs() : List.<Tensor>of()) {
        if (t != null && t.isConstant()) {
          takers.putIfAbsent(t.value().data(), i);
        }
      }
    }
    return takers;
  }

  /** The line and all that it is computed from. */
  static boolean[] leadingTo(List<Line> lines, int line) {
    boolean[] leads = new boolean[line + 1];
    leads[line] = true;
    for (int i = line; i >= 0; i--) {
      if (leads[i]) {
        lines.get(i).inputs().stream().filter(Uses::isLine).forEach(t -> leads[t.index()] = true);
      }
    }
    return leads;
  }

  private static boolean isLine(Tensor t) {
    return t != null && !t.isConstant();
  }
}
