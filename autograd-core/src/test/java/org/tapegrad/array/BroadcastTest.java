package org.tapegrad.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.kernel.Binary;

/**
 * Broadcasting, reductions and rearrangements on many random shapes, size-1 and empty axes among
 * them, against references that find each element's place by division and remainder.
 */
class BroadcastTest {
  private static final int ROUNDS = 2000;
  private final SplittableRandom random = new SplittableRandom(11);

  /** Extents 0 to 4 on up to five axes; every other one has a long axis. */
  private int[] shape() {
    int[] shape = random.ints(random.nextInt(6), 0, 5).map(e -> e == 0 ? zero() : e).toArray();
    if (shape.length > 0 && random.nextInt(20) == 0) {
      shape[random.nextInt(shape.length)] = 300;
    }
    return shape;
  }

  private int zero() {
    return random.nextInt(4) == 0 ? 0 : 1;
  }

  /** A shape that broadcasts to the given one. */
  private int[] shrunk(int[] shape) {
    int missing = random.nextInt(3) == 0 ? random.nextInt(shape.length + 1) : 0;
    int[] part = Arrays.copyOfRange(shape, missing, shape.length);
    for (int d = 0; d < part.length; d++) {
      part[d] = random.nextBoolean() ? 1 : part[d];
    }
    return part;
  }

  /** Two different axes of a shape may each be stretched by the other operand. */
  private int[] common(int[] a, int[] b) {
    int[] shape = new int[Math.max(a.length, b.length)];
    Arrays.fill(shape, 1);
    for (int[] s : List.of(a, b)) {
      for (int d = 1; d <= s.length; d++) {
        if (s[s.length - d] != 1) {
          shape[shape.length - d] = s[s.length - d];
        }
      }
    }
    return shape;
  }

  private static int size(int... shape) {
    return Arrays.stream(shape).reduce(1, (x, y) -> x * y);
  }

  /** Where in an array of shape {@code from} the element of a stretched array comes from. */
  private static int source(int index, int[] shape, int[] from) {
    int offset = 0;
    int step = 1;
    int rest = index;
    for (int d = 1; d <= shape.length; d++) {
      int position = rest % shape[shape.length - d];
      rest /= shape[shape.length - d];
      if (d <= from.length) {
        offset += (from[from.length - d] == 1 ? 0 : position) * step;
        step *= from[from.length - d];
      }
    }
    return offset;
  }

  private static double[] fill(int n, IntToDoubleFunction f) {
    double[] values = new double[n];
    Arrays.setAll(values, f);
    return values;
  }

  private static double reference(Binary op, double x, double y) {
    DoubleBinaryOperator f =
        switch (op) {
          case PLUS -> (a, b) -> a + b;
          case MINUS -> (a, b) -> a - b;
          case TIMES -> (a, b) -> a * b;
          case DIVIDED_BY -> (a, b) -> a / b;
          case POW -> Math::pow;
          case MAXIMUM -> Math::max;
          case GREATER -> (a, b) -> a > b ? 1 : 0;
          case EQUAL -> (a, b) -> a == b ? 1 : 0;
          case GATE -> (a, b) -> b <= 0 ? 0 : a;
          case SIGMOID_GRADIENT, TANH_GRADIENT -> throw new AssertionError("not exact: " + op);
        };
    return f.applyAsDouble(x, y);
  }

  /** Small whole numbers and halves: exact in both types. */
  private NdArray operand(DType dtype, int[] shape) {
    return NdArray.zeros(dtype, shape).map(v -> random.nextInt(-8, 9) / 2.0);
  }

  @ParameterizedTest
  @EnumSource
  void binaryFunctions(DType dtype) {
    int stretchedBoth = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int[] whole = shape();
      int[] as = random.nextInt(6) == 0 ? whole : shrunk(whole);
      int[] bs = random.nextInt(6) == 0 ? whole : shrunk(whole);
      int[] shape = common(as, bs);
      NdArray a = operand(dtype, as);
      NdArray b = operand(dtype, bs);
      Binary op = Binary.values()[random.nextInt(Binary.SIGMOID_GRADIENT.ordinal())]; // exact ones
      NdArray c = Broadcast.apply(op, a, b);
      double[] x = a.toDoubleArray();
      double[] y = b.toDoubleArray();
      NdArray expected =
          NdArray.of(
                  fill(
                      size(shape),
                      i -> reference(op, x[source(i, shape, as)], y[source(i, shape, bs)])),
                  shape)
              .to(dtype);
      assertEquals(expected, c, () -> op + " " + Arrays.toString(as) + Arrays.toString(bs));
      stretchedBoth += size(shape) > Math.max(size(as), size(bs)) ? 1 : 0;
    }
    assertTrue(stretchedBoth > ROUNDS / 25, stretchedBoth + " pairs stretch each other");
  }

  @ParameterizedTest
  @EnumSource
  void stretchingAndItsAdjoint(DType dtype) {
    for (int round = 0; round < ROUNDS; round++) {
      int[] shape = shape();
      int[] from = shrunk(shape);
      NdArray a = operand(dtype, from);
      NdArray stretched = a.broadcastTo(shape);
      double[] x = a.toDoubleArray();
      double[] expected = fill(size(shape), i -> x[source(i, shape, from)]);
      assertArrayEquals(shape, stretched.shape());
      assertArrayEquals(expected, stretched.toDoubleArray());

      NdArray b = operand(dtype, shape);
      double[] y = b.toDoubleArray();
      double[] sums = new double[size(from)];
      for (int i = 0; i < y.length; i++) {
        sums[source(i, shape, from)] += y[i];
      }
      assertArrayEquals(from, b.sumTo(from).shape());
      assertArrayEquals(sums, b.sumTo(from).toDoubleArray());
    }
  }

  @ParameterizedTest
  @EnumSource
  void sumsAndMaxima(DType dtype) {
    for (int round = 0; round < ROUNDS; round++) {
      int[] shape = shape();
      int[] axes = random.ints(0, 2).limit(shape.length).toArray(); // 1 marks an axis to be summed
      List<Integer> named = new ArrayList<>();
      int[] kept = shape.clone();
      for (int d = 0; d < shape.length; d++) {
        if (axes[d] == 1) {
          named.add(random.nextBoolean() ? d : d - shape.length);
          kept[d] = 1;
        }
      }
      if (named.isEmpty()) {
        continue; // would mean all of them
      }
      int[] result = new int[shape.length - named.size()];
      for (int d = 0, r = 0; d < shape.length; d++) {
        if (axes[d] == 0) {
          result[r++] = shape[d];
        }
      }
      NdArray a = operand(dtype, shape);
      double[] x = a.toDoubleArray();
      double[] sums = new double[size(result)];
      double[] maxima = fill(size(result), i -> Double.NEGATIVE_INFINITY);
      for (int i = 0; i < x.length; i++) {
        int to = source(i, shape, kept);
        sums[to] += x[i];
        maxima[to] = Math.max(maxima[to], x[i]);
      }
      int[] meant = named.stream().mapToInt(Integer::intValue).toArray();
      assertArrayEquals(result, a.sum(meant).shape());
      assertArrayEquals(sums, a.sum(meant).toDoubleArray());
      assertArrayEquals(maxima, a.max(meant).toDoubleArray());
      assertEquals(Arrays.stream(x).sum(), a.sum().item());
    }
  }

  @ParameterizedTest
  @EnumSource
  void transpositions(DType dtype) {
    for (int round = 0; round < ROUNDS; round++) {
      int[] shape = shape();
      int[] order = permutation(shape.length);
      NdArray a = operand(dtype, shape);
      NdArray t = a.transpose(order);
      boolean reversed = order.length == 0;
      int[] index = new int[shape.length];
      for (int d = 0; d < shape.length; d++) {
        assertEquals(shape[reversed ? shape.length - 1 - d : order[d]], t.size(d));
      }
      for (int i = 0; i < a.size(); i++) {
        for (int d = shape.length - 1, rest = i; d >= 0; rest /= shape[d], d--) {
          index[d] = rest % shape[d];
        }
        int[] moved = new int[shape.length];
        Arrays.setAll(moved, d -> index[reversed ? shape.length - 1 - d : order[d]]);
        assertEquals(a.get(index), t.get(moved));
      }
    }
  }

  private int[] permutation(int rank) {
    int[] order = new int[random.nextInt(5) == 0 ? 0 : rank];
    for (int d = 0; d < order.length; d++) {
      int other = random.nextInt(d + 1);
      order[d] = order[other];
      order[other] = d;
    }
    return order;
  }

  @ParameterizedTest
  @EnumSource
  void slicesAndPads(DType dtype) {
    for (int round = 0; round < ROUNDS; round++) {
      int[] shape = shape();
      if (shape.length == 0) {
        continue;
      }
      int axis = random.nextInt(shape.length);
      int named = random.nextBoolean() ? axis : axis - shape.length;
      int start = random.nextInt(shape[axis] + 1);
      int end = random.nextInt(start, shape[axis] + 1);
      NdArray a = operand(dtype, shape);
      NdArray part = a.slice(named, start, end);
      NdArray back = part.pad(named, start, shape[axis] - end);
      assertEquals(end - start, part.size(axis));
      int inner = size(Arrays.copyOfRange(shape, axis + 1, shape.length));
      double[] x = a.toDoubleArray();
      double[] inside =
          fill(
              x.length,
              i -> {
                int position = i / inner % shape[axis];
                return position >= start && position < end ? x[i] : 0;
              });
      assertArrayEquals(inside, back.toDoubleArray());
      assertArrayEquals(shape, back.shape());
    }
  }

  @ParameterizedTest
  @EnumSource
  void batchedProducts(DType dtype) {
    for (int round = 0; round < ROUNDS / 4; round++) {
      int[] batch = shape();
      int[] ab = shrunk(batch);
      int[] bb = shrunk(batch);
      int m = random.nextInt(4);
      int k = random.nextInt(4);
      int n = random.nextInt(4);
      NdArray a = operand(dtype, append(ab, m, k));
      NdArray b = operand(dtype, append(bb, k, n));
      int[] shape = append(common(ab, bb), m, n);
      int[] common = common(ab, bb);
      double[] x = a.toDoubleArray();
      double[] y = b.toDoubleArray();
      double[] expected =
          fill(
              size(shape),
              i -> {
                int matrix = i / (m * n);
                int xs = source(matrix, common, ab) * m * k + i / n % m * k;
                int ys = source(matrix, common, bb) * k * n + i % n;
                double sum = 0;
                for (int j = 0; j < k; j++) {
                  sum += x[xs + j] * y[ys + j * n];
                }
                return sum;
              });
      NdArray product = a.matmul(b);
      assertArrayEquals(shape, product.shape());
      assertArrayEquals(expected, product.toDoubleArray());
    }
  }

  private static int[] append(int[] batch, int rows, int columns) {
    int[] shape = Arrays.copyOf(batch, batch.length + 2);
    shape[batch.length] = rows;
    shape[batch.length + 1] = columns;
    return shape;
  }

  /** Work that is cut into many tasks: rows longer and shorter than a task. */
  @ParameterizedTest
  @EnumSource
  void longArrays(DType dtype) {
    for (int[] shape : new int[][] {{3, 70_001}, {70_001, 3}, {5, 1, 40_001}, {2, 300, 301}}) {
      NdArray a = operand(dtype, shape);
      int[] from = {shape[shape.length - 1]};
      NdArray row = operand(dtype, from);
      double[] x = a.toDoubleArray();
      double[] y = row.toDoubleArray();
      assertArrayEquals(fill(x.length, i -> x[i] - y[i % y.length]), a.minus(row).toDoubleArray());
      assertArrayEquals(fill(x.length, i -> y[i % y.length] - x[i]), row.minus(a).toDoubleArray());
      assertArrayEquals(fill(x.length, i -> x[i] * 3), a.times(3).toDoubleArray());
      assertEquals(Arrays.stream(x).sum(), a.sum().item());
      assertEquals(a, a.transpose().transpose());
    }
  }

  @Test
  void maximumOfNothingAndOfNotANumber() {
    assertEquals(Double.NEGATIVE_INFINITY, NdArray.zeros(DType.FLOAT64, 0).max().item());
    NdArray a = NdArray.of(new double[] {1, Double.NaN, 3, 4}, 2, 2);
    assertArrayEquals(new double[] {Double.NaN, 4}, a.max(1).toDoubleArray());
    assertArrayEquals(new double[] {3, Double.NaN}, a.max(0).toDoubleArray());
    assertEquals(0, NdArray.zeros(DType.FLOAT32, 0, 3).sum().item());
  }
}
