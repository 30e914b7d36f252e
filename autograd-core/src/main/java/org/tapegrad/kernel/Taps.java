package org.tapegrad.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A sparse linear map of one axis: result i is the sum of weight[t] · value[index[t]] over the taps
 * t in [start[i], start[i + 1]). Rows of taps without a tap give 0, whatever the values are.
 */
public final class Taps {
  /** Fewer results than this are not worth a loop of their own. */
  private static final int SHORTEST_STRETCH = 8;

  final int[] start;
  final int[] index;
  final double[] weight;
  private final int inputs;
  private Taps transposed;
  private List<Stretch> stretches;
  private boolean[] repeats;

  private Taps(int inputs, int[] start, int[] index, double[] weight) {
    this.inputs = inputs;
    this.start = start;
    this.index = index;
    this.weight = weight;
  }

  /** Names the taps of one result by calling {@link Sink#add} for each. */
  @FunctionalInterface
  public interface Row {
    /** Adds the taps of result i. */
    void describe(int i, Sink sink);
  }

  /** Takes the taps of one result. */
  @FunctionalInterface
  public interface Sink {
    /** Adds a tap; one of weight 0 is left out, so that it does not pass on a NaN. */
    void add(int index, double weight);
  }

  /** The taps of all results of a map from {@code inputs} to {@code outputs} values. */
  public static Taps of(int inputs, int outputs, Row row) {
    Growing taps = new Growing(outputs);
    int[] start = new int[outputs + 1];
    for (int i = 0; i < outputs; i++) {
      row.describe(i, taps);
      start[i + 1] = taps.count;
    }
    return new Taps(
        inputs,
        start,
        Arrays.copyOf(taps.index, taps.count),
        Arrays.copyOf(taps.weight, taps.count));
  }

  /** Taps that copy: result i is value source(i), or 0 where that is negative. */
  public static Taps selecting(int inputs, int outputs, IntUnaryOperator source) {
    return of(
        inputs,
        outputs,
        (i, taps) -> {
          int from = source.applyAsInt(i);
          if (from >= 0) {
            taps.add(from, 1);
          }
        });
  }

  /** The number of values that are read. */
  public int inputs() {
    return inputs;
  }

  /** The number of results. */
  public int outputs() {
    return start.length - 1;
  }

  /** The adjoint map, whose taps are these with index and result exchanged. */
  public Taps transposed() {
    if (transposed == null) {
      int[] from = new int[inputs + 1];
      for (int i : index) {
        from[i + 1]++;
      }
      for (int i = 0; i < inputs; i++) {
        from[i + 1] += from[i];
      }
      int[] next = from.clone();
      int[] to = new int[index.length];
      double[] w = new double[index.length];
      for (int i = 0; i < outputs(); i++) {
        for (int t = start[i]; t < start[i + 1]; t++) {
          int at = next[index[t]]++;
          to[at] = i;
          w[at] = weight[t];
        }
      }
      Taps adjoint = new Taps(outputs(), from, to, w);
      adjoint.transposed = this;
      transposed = adjoint;
    }
    return transposed;
  }

  /** The number of taps of result i. */
  int count(int i) {
    return start[i + 1] - start[i];
  }

  /** Whether result i is a copy of one value. */
  boolean copies(int i) {
    return count(i) == 1 && weight[start[i]] == 1;
  }

  /** Whether the map changes nothing. */
  boolean isIdentity() {
    List<Stretch> all = stretches();
    return inputs == outputs()
        && all.size() == 1
        && all.get(0).isCopy()
        && all.get(0).to() == inputs;
  }

  /** For each result whether it has the same taps as the one before. */
  boolean[] repeats() {
    if (repeats == null) {
      boolean[] same = new boolean[outputs()];
      for (int i = 1; i < same.length; i++) {
        same[i] = step(i - 1) == 0 && alike(i - 1, i, 0);
      }
      repeats = same;
    }
    return repeats;
  }

  /**
   * Consecutive results that one loop can compute.
   *
   * @param from the first result
   * @param to the result after the last one
   * @param kind how the taps go on from one result to the next
   * @param step of {@link Kind#EVEN}, by how much every index grows from one result to the next
   * @param weights of EVEN those of every result, of {@link Kind#EQUAL} [taps, results]
   * @param indices of EVEN those of the first result, of EQUAL and COPIES [taps, results]
   */
  record Stretch(int from, int to, Kind kind, int step, double[] weights, int[] indices) {
    boolean isCopy() {
      return kind == Kind.EVEN && step == 1 && weights.length == 1 && weights[0] == 1;
    }

    /** The number of taps of every result. */
    int taps() {
      return kind == Kind.EVEN ? weights.length : indices.length / (to - from);
    }
  }

  /** How the taps of consecutive results are related. */
  enum Kind {
    /** All have the same weights, and every index grows by the same step. */
    EVEN,
    /** All copy one value. */
    COPIES,
    /** All have the same number of taps, or have been given it by cutting taps into halves. */
    EQUAL,
    /** Anything else. */
    ANY
  }

  /** The results cut into stretches, in order. */
  List<Stretch> stretches() {
    if (stretches == null) {
      List<Stretch> found = new ArrayList<>();
      int pending = 0;
      int n = outputs();
      for (int i = 0; i < n; ) {
        int end = endOfEven(i);
        if (end - i >= SHORTEST_STRETCH || end - i == n) {
          addUneven(found, pending, i);
          found.add(
              new Stretch(
                  i,
                  end,
                  Kind.EVEN,
                  step(i),
                  Arrays.copyOfRange(weight, start[i], start[i + 1]),
                  Arrays.copyOfRange(index, start[i], start[i + 1])));
          pending = end;
        }
        i = end;
      }
      addUneven(found, pending, n);
      stretches = found;
    }
    return stretches;
  }

  /** Results whose numbers of taps differ by a factor of two at most, and what is in between. */
  private void addUneven(List<Stretch> found, int from, int to) {
    int pending = from;
    for (int i = from; i < to; ) {
      int end = endOfEqual(i, to);
      if (end - i >= SHORTEST_STRETCH) {
        addAny(found, pending, i);
        found.add(equal(i, end));
        pending = end;
      }
      i = end;
    }
    addAny(found, pending, to);
  }

  private static void addAny(List<Stretch> found, int from, int to) {
    if (from < to) {
      found.add(new Stretch(from, to, Kind.ANY, 0, new double[0], new int[0]));
    }
  }

  /** The end of the longest run from result i on whose numbers of taps can be made equal. */
  private int endOfEqual(int i, int to) {
    int fewest = count(i);
    int most = count(i);
    int end = i + 1;
    while (end < to) {
      fewest = Math.min(fewest, count(end));
      most = Math.max(most, count(end));
      if (fewest == 0 || most > 2 * fewest) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Taps side by side; where there are too few, some are cut into two halves. */
  private Stretch equal(int from, int to) {
    int taps = 0;
    boolean copies = true;
    for (int i = from; i < to; i++) {
      taps = Math.max(taps, count(i));
      copies &= copies(i);
    }
    int n = to - from;
    double[] weights = new double[taps * n];
    int[] indices = new int[taps * n];
    for (int i = from; i < to; i++) {
      int halved = taps - count(i);
      int at = i - from;
      for (int t = start[i]; t < start[i + 1]; t++) {
        boolean half = t - start[i] < halved;
        for (int times = half ? 2 : 1; times > 0; times--, at += n) {
          weights[at] = half ? weight[t] / 2 : weight[t];
          indices[at] = index[t];
        }
      }
    }
    return new Stretch(from, to, copies ? Kind.COPIES : Kind.EQUAL, 0, weights, indices);
  }

  /** The end of the longest even stretch that starts at result i. */
  private int endOfEven(int i) {
    int step = step(i);
    int end = i + 1;
    while (end < outputs() && alike(end - 1, end, step)) {
      end++;
    }
    return end;
  }

  /** From result i to the next one, how far the first index moves. */
  private int step(int i) {
    boolean both = i + 1 < outputs() && count(i) > 0 && count(i + 1) > 0;
    return both ? index[start[i + 1]] - index[start[i]] : count(i) > 0 ? 1 : 0;
  }

  private boolean alike(int i, int j, int step) {
    if (count(i) != count(j)) {
      return false;
    }
    for (int t = start[i], u = start[j]; t < start[i + 1]; t++, u++) {
      if (index[u] - index[t] != step || weight[u] != weight[t]) {
        return false;
      }
    }
    return true;
  }

  /** Taps in the order in which they were added. */
  private static final class Growing implements Sink {
    private int[] index;
    private double[] weight;
    private int count;

    Growing(int expected) {
      index = new int[expected];
      weight = new double[expected];
    }

    @Override
    public void add(int i, double w) {
      if (w == 0) {
        return;
      }
      if (count == index.length) {
        int longer = (int) Math.min(2L * count + 8, Integer.MAX_VALUE - 2);
        index = Arrays.copyOf(index, longer);
        weight = Arrays.copyOf(weight, longer);
      }
      index[count] = i;
      weight[count++] = w;
    }
  }
}
