package org.tapegrad.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.Workspace;

class NdArrayTest {

  private static NdArray counting(DType dtype, int... shape) {
    double[] next = {0};
    return NdArray.zeros(dtype, shape).map(v -> next[0]++);
  }

  @ParameterizedTest
  @EnumSource
  void factories(DType dtype) {
    assertArrayEquals(new double[6], NdArray.zeros(dtype, 2, 3).toDoubleArray());
    assertArrayEquals(new double[] {1, 1}, NdArray.ones(dtype, 2, 1).toDoubleArray());
    assertArrayEquals(new double[] {2.5, 2.5}, NdArray.full(dtype, 2.5, 2).toDoubleArray());
    assertEquals(2.5, NdArray.full(dtype, 2.5).item());
    assertEquals(0, NdArray.zeros(dtype, 3, 0, 2).size());
    assertEquals(dtype, NdArray.full(dtype, 1).dtype());
    NdArray like = NdArray.full(dtype, 7, 2).zerosLike(3);
    assertEquals(NdArray.zeros(dtype, 3), like);
  }

  /** An array without a shape still has one element: numbers make the vector. */
  @Test
  void numbersMakeAVector() {
    assertEquals(NdArray.of(new double[] {1, 2, 3}, 3), NdArray.of(1, 2, 3));
    assertEquals(NdArray.of(new double[] {0.5}, 1), NdArray.of(0.5));
    assertEquals(NdArray.scalar(7), NdArray.of(new double[] {7}));
    assertThrows(ShapeException.class, () -> NdArray.of(new double[] {1, 2, 3}));
    double[] others = {2};
    NdArray vector = NdArray.of(1, others);
    others[0] = 9;
    assertEquals(NdArray.of(1, 2), vector);
  }

  @Test
  void valuesAndShapesAreCopied() {
    double[] values = {1, 2};
    int[] shape = {2, 1};
    NdArray a = NdArray.of(values, shape);
    values[0] = 9;
    shape[0] = 9;
    a.shape()[0] = 9;
    a.toDoubleArray()[0] = 9;
    assertEquals(NdArray.of(new double[] {1, 2}, 2, 1), a);
    float[] singles = {1, 2};
    NdArray b = NdArray.of(singles, 2);
    singles[0] = 9;
    assertEquals(1, b.get(0));
  }

  @ParameterizedTest
  @EnumSource
  void randomArraysComeFromTheSeed(DType dtype) {
    NdArray u = NdArray.uniform(dtype, new SplittableRandom(1), -1, 3, 100, 100);
    assertEquals(u, NdArray.uniform(dtype, new SplittableRandom(1), -1, 3, 100, 100));
    assertNotEquals(u, NdArray.uniform(dtype, new SplittableRandom(2), -1, 3, 100, 100));
    assertEquals(1, u.sum().item() / 10_000, 0.05);
    assertTrue(u.max().item() < 3 && u.max().item() > 2.99);
    NdArray n = NdArray.normal(dtype, new SplittableRandom(1), 2, 3, 100, 100);
    assertEquals(2, n.sum().item() / 10_000, 0.1);
    double variance = n.map(v -> (v - 2) * (v - 2)).sum().item() / 10_000;
    assertEquals(9, variance, 0.5);
  }

  @ParameterizedTest
  @EnumSource
  void randomArraysFollowTheGenerator(DType dtype) {
    SplittableRandom random = new SplittableRandom(4);
    double[] uniform = {-2 + 3 * random.nextDouble(), -2 + 3 * random.nextDouble()};
    assertEquals(
        NdArray.of(uniform, 2).to(dtype),
        NdArray.uniform(dtype, new SplittableRandom(4), -2, 1, 2));
    random = new SplittableRandom(4);
    double[] normal = {5 + 3 * random.nextGaussian(), 5 + 3 * random.nextGaussian()};
    assertEquals(
        NdArray.of(normal, 1, 2).to(dtype),
        NdArray.normal(dtype, new SplittableRandom(4), 5, 3, 1, 2));
  }

  @ParameterizedTest
  @EnumSource
  void mapsOfOneArrayAndOfTwo(DType dtype) {
    NdArray a = NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).to(dtype);
    NdArray b = NdArray.of(new double[] {6, 5, 4, 3, 2, 1}, 2, 3).to(dtype);
    assertEquals(
        NdArray.of(new double[] {-4, -1, 2, 5, 8, 11}, 2, 3).to(dtype),
        a.zip(b, (p, q) -> 2 * p - q));
    assertEquals(NdArray.of(new double[] {1, 4, 9, 16, 25, 36}, 2, 3).to(dtype), a.map(v -> v * v));
    assertThrows(ShapeException.class, () -> a.zip(b.reshape(3, 2), Double::sum));
  }

  /** A generator whose numbers are as large as they can be: rounding must not reach the bound. */
  @ParameterizedTest
  @EnumSource
  void uniformStaysBelowItsBound(DType dtype) {
    RandomGenerator largest = () -> -1L; // nextDouble() = 1 - 2⁻⁵³
    assertEquals(1 - 0x1p-53, largest.nextDouble());
    assertTrue(NdArray.uniform(dtype, largest, 0, 1, 1).item() < 1);
    assertTrue(NdArray.uniform(dtype, largest, 1, 3, 1).item() < 3);
    assertTrue(NdArray.uniform(dtype, largest, -2, -1, 1).item() < -1);
  }

  @ParameterizedTest
  @EnumSource
  void elementsByIndex(DType dtype) {
    NdArray a = counting(dtype, 2, 3, 4);
    assertEquals(23, a.get(1, 2, 3));
    assertEquals(6, a.get(0, 1, 2));
    int version = a.version();
    a.set(-1.5, 0, 1, 2);
    assertEquals(-1.5, a.get(0, 1, 2));
    assertTrue(a.version() > version);
    assertEquals(5, NdArray.full(dtype, 5).get());
    assertEquals(3, a.rank());
    assertEquals(4, a.size(-1));
    assertEquals(2, a.size(0));
  }

  @Test
  void conversionsBetweenTypes() {
    NdArray wide = NdArray.of(new double[] {0.1, 1e300, 1e-60, Double.NaN}, 4);
    NdArray narrow = wide.to(DType.FLOAT32);
    assertArrayEquals(new float[] {0.1f, 1f / 0, 0, 0f / 0}, narrow.toFloatArray());
    assertArrayEquals(new float[] {0.1f, 1f / 0, 0, 0f / 0}, wide.toFloatArray());
    assertEquals((double) 0.1f, narrow.to(DType.FLOAT64).get(0));
    assertSame(wide, wide.to(DType.FLOAT64));
    NdArray target = NdArray.zeros(DType.FLOAT32, 4);
    target.assign(wide);
    assertEquals(narrow, target);
  }

  @Test
  void matricesShareTheirElements() {
    DMatrixRMaj m = new DMatrixRMaj(new double[][] {{1, 2, 3}, {4, 5, 6}});
    NdArray a = NdArray.of(m);
    assertArrayEquals(new int[] {2, 3}, a.shape());
    a.set(7, 0, 1);
    assertEquals(7, m.get(0, 1));
    assertSame(m.data, a.toDMatrixRMaj().data);
    FMatrixRMaj f = new FMatrixRMaj(new float[][] {{1, 2}});
    NdArray b = NdArray.of(f);
    f.set(0, 1, 9);
    assertEquals(9, b.get(0, 1));
    assertSame(f.data, b.toFMatrixRMaj().data);
    assertEquals(2, b.toFMatrixRMaj().numCols);
    m.reshape(1, 2); // fewer elements than the matrix has room for
    assertEquals(NdArray.of(new double[] {1, 7}, 1, 2), NdArray.of(m));
    assertMessage(
        "toDMatrixRMaj: needs a float64 array of rank 2, was float32[1, 2]", b::toDMatrixRMaj);
    assertMessage(
        "toFMatrixRMaj: needs a float32 array of rank 2, was float32[2]",
        () -> b.reshape(2).toFMatrixRMaj());
  }

  @Test
  void equalityIsBitForBit() {
    NdArray a = NdArray.of(new double[] {0.0, Double.NaN}, 2);
    assertEquals(a, NdArray.of(new double[] {0.0, Double.NaN}, 2));
    assertEquals(a.hashCode(), NdArray.of(new double[] {0.0, Double.NaN}, 2).hashCode());
    assertNotEquals(a, NdArray.of(new double[] {-0.0, Double.NaN}, 2));
    assertNotEquals(a, NdArray.of(new double[] {0.0, Double.NaN}, 2, 1));
    assertNotEquals(a, a.to(DType.FLOAT32));
    assertNotEquals(a.hashCode(), a.map(v -> v + 1).hashCode());
    assertNotEquals(a.hashCode(), a.reshape(2, 1).hashCode());
    assertFalse(a.equals(null));
    assertNotEquals(a, "a");
  }

  @Test
  void reshapeSharesAllElseIsApart() {
    NdArray a = counting(DType.FLOAT64, 2, 3);
    NdArray flat = a.reshape(-1);
    flat.set(9, 0);
    assertEquals(9, a.get(0, 0));
    assertEquals(a.version(), flat.version());
    for (NdArray b :
        new NdArray[] {
          a.copy(),
          a.sumTo(2, 3),
          a.broadcastTo(2, 3),
          a.transpose(0, 1),
          a.slice(0, 0, 2),
          a.pad(0, 0, 0),
        }) {
      assertEquals(a, b);
      b.set(-1, 1, 1);
      assertEquals(4, a.get(1, 1));
    }
    NdArray scalar = NdArray.scalar(5);
    scalar.sum().set(1);
    scalar.max().set(1);
    NdArray row = NdArray.of(new double[] {5}, 1, 1);
    row.sumTo(1).set(1, 0);
    assertEquals(5, scalar.item());
    assertEquals(5, row.item());
  }

  @Test
  void reshapeFindsTheLastExtent() {
    NdArray a = counting(DType.FLOAT32, 2, 3, 4);
    assertArrayEquals(new int[] {6, 4}, a.reshape(-1, 4).shape());
    assertArrayEquals(new int[] {1, 24}, a.reshape(1, -1).shape());
    assertArrayEquals(new int[] {}, NdArray.ones(DType.FLOAT32, 1, 1).reshape().shape());
    assertArrayEquals(new int[] {0, 5}, NdArray.ones(DType.FLOAT32, 0).reshape(-1, 5).shape());
    for (int[] shape : new int[][] {{5, -1}, {-1, -1}, {-2, -12}, {25}, {0, -1}}) {
      assertThrows(ShapeException.class, () -> a.reshape(shape));
    }
  }

  @Test
  void copiesOutliveAWorkspaceStep() {
    NdArray kept;
    NdArray gone;
    try (Workspace.Step step = new Workspace().step()) {
      gone = step.tape().variable(NdArray.scalar(1)).plus(1).value();
      kept = gone.copy();
    }
    assertEquals(2, kept.item());
    assertThrows(IllegalStateException.class, gone::item);
  }

  @Test
  void mapsAndZips() {
    NdArray a = NdArray.of(new float[] {1, 2}, 2);
    assertEquals(NdArray.of(new float[] {0.5f, 1}, 2), a.map(v -> v / 2));
    assertEquals(NdArray.of(new float[] {1, 4}, 2), a.zip(a, (x, y) -> x * y));
    assertTrue(a.isFinite());
    assertFalse(a.map(v -> 1 / (v - 1)).isFinite());
    assertFalse(a.map(v -> Double.NaN).isFinite());
    assertTrue(NdArray.zeros(DType.FLOAT64, 0).isFinite());
  }

  private static void assertMessage(String message, Runnable call) {
    assertEquals(message, assertThrows(ShapeException.class, call::run).getMessage());
  }

  @Test
  void shapesThatCannotBe() {
    NdArray a = NdArray.zeros(DType.FLOAT64, 2, 3);
    assertMessage("of: 2 values do not fill [3]", () -> NdArray.of(new double[2], 3));
    assertMessage("of: 2 values do not fill []", () -> NdArray.of(new float[2]));
    assertMessage(
        "shape: sizes must be >= 0, were [2, -1]", () -> NdArray.zeros(DType.FLOAT64, 2, -1));
    assertMessage(
        "shape: [65536, 65536] has more than 2147483647 elements",
        () -> NdArray.zeros(DType.FLOAT64, 65536, 65536));
    assertMessage(
        "shape: [2147483647, 2147483647, 2147483647] has more than 2147483647 elements",
        () -> a.emptyLike(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertEquals(0, NdArray.zeros(DType.FLOAT64, 65536, 65536, 0).size());
    assertMessage("get: index [1] is outside of shape [2, 3]", () -> a.get(1));
    assertMessage("size: axis 2 is out of range for rank 2", () -> a.size(2));
    assertMessage("size: axis -3 is out of range for rank 2", () -> a.size(-3));
    assertMessage("assign: cannot put float64[3] into float64[2, 3]", () -> a.assign(a.sum(0)));
    assertMessage("item: needs one element, shape is [2, 3]", a::item);
    assertMessage("reshape: [2, 3] has 6 elements and cannot become [4]", () -> a.reshape(4));
    assertMessage("transpose: [0, 0] is no permutation of 2 axes", () -> a.transpose(0, 0));
    assertMessage("transpose: [1] is no permutation of 2 axes", () -> a.transpose(1));
    assertMessage("broadcastTo: [2, 3] cannot be stretched to [3]", () -> a.broadcastTo(3));
    assertMessage("slice: [2, 1) is not within axis 1 of size 3", () -> a.slice(-1, 2, 1));
    assertMessage("slice: [0, 4) is not within axis 1 of size 3", () -> a.slice(1, 0, 4));
    assertMessage("pad: needs padding >= 0, was -1 and 0", () -> a.pad(0, -1, 0));
    assertMessage(
        "pad: an axis of size 4294967296 is too long",
        () -> a.pad(0, Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertMessage(
        "reshape: [2, 3] has 6 elements and cannot become [65536, 65536]",
        () -> a.reshape(65536, 65536));
    NdArray column = NdArray.zeros(DType.FLOAT64, 65536, 1);
    String tooLarge =
        ": the result would have shape [65536, 65536], but arrays have at most 2147483645 elements";
    assertMessage("broadcastTo" + tooLarge, () -> column.broadcastTo(65536, 65536));
    assertMessage("plus" + tooLarge, () -> column.plus(column.reshape(1, 65536)));
    assertMessage("matmul" + tooLarge, () -> column.matmul(column.reshape(1, 65536)));
    assertMessage("pad" + tooLarge, () -> column.pad(1, 0, 65535));
    for (String op : new String[] {"sum", "mean", "max"}) {
      NdArray none = NdArray.zeros(DType.FLOAT64, 0, 65536, 65536);
      assertMessage(
          op + tooLarge,
          () -> {
            NdArray result =
                op.equals("sum") ? none.sum(0) : op.equals("mean") ? none.mean(0) : none.max(0);
            fail(op + " returned " + result.describe());
          });
    }
    assertMessage("sum: axis 1 is named twice", () -> a.sum(1, 1));
    assertMessage("sum: axis -1 is named twice", () -> a.sum(1, -1));
    assertMessage("max: axis 5 is out of range for rank 2", () -> a.max(5));
    assertMessage("sumTo: [4] does not stretch to [2, 3]", () -> a.sumTo(4));
    assertMessage(
        "plus: shapes [2, 3] and [2, 2] do not broadcast: sizes 3 and 2 meet",
        () -> a.plus(NdArray.zeros(DType.FLOAT64, 2, 2)));
    assertMessage(
        "dividedBy: shapes [2, 3] and [0] do not broadcast: sizes 3 and 0 meet",
        () -> a.dividedBy(NdArray.zeros(DType.FLOAT64, 0)));
    assertMessage(
        "matmul: float64[2, 3] has 3 columns, but float64[2, 3] has 2 rows", () -> a.matmul(a));
    assertMessage(
        "matmul: needs two arrays of rank >= 1, was given float64[2, 3], float64[]",
        () -> a.matmul(a.sum()));
    assertMessage(
        "matmul: float64[2, 3] has 3 columns, but float64[2, 1] has 2 rows",
        () -> a.matmul(a.sum(1)));
    assertMessage("transpose: [-1, 1] is no permutation of 2 axes", () -> a.transpose(-1, 1));
    assertMessage("transpose: [0, -3] is no permutation of 2 axes", () -> a.transpose(0, -3));
    assertMessage(
        "zip: needs two arrays alike, was given float64[2, 3] and float64[3]",
        () -> a.zip(a.sum(0), Math::max));
  }

  /** A vector is a row on the left and a column on the right; there is nothing to transpose. */
  @Test
  void productsWithVectors() {
    NdArray a = NdArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    NdArray two = NdArray.of(new double[] {1, 10}, 2);
    NdArray three = NdArray.of(new double[] {1, 10, 100}, 3);
    assertEquals(NdArray.of(new double[] {321, 654}, 2), a.matmul(three));
    assertEquals(NdArray.of(new double[] {321, 654}, 2), a.matmul(three, false, true));
    assertEquals(NdArray.of(new double[] {41, 52, 63}, 3), two.matmul(a));
    assertEquals(NdArray.of(new double[] {41, 52, 63}, 3), a.matmul(two, true, false));
    assertEquals(NdArray.scalar(101), two.matmul(two, true, true));
    NdArray none = NdArray.zeros(DType.FLOAT64, 0);
    assertEquals(NdArray.scalar(0), none.matmul(none));
    NdArray batch = a.reshape(1, 2, 3).broadcastTo(4, 2, 3);
    assertEquals(a.matmul(three).broadcastTo(4, 2), batch.matmul(three));
    assertEquals(two.matmul(a).broadcastTo(4, 3), two.matmul(batch));
  }

  @Test
  void ordersWithNegativeAxes() {
    NdArray a = NdArray.uniform(DType.FLOAT64, new SplittableRandom(1), 0, 1, 2, 3, 4, 5);
    assertEquals(a.transpose(0, 2, 3, 1), a.transpose(0, -2, -1, 1));
    assertEquals(a.transpose(), a.transpose(-1, -2, -3, -4));
  }

  @Test
  void argumentsThatCannotBe() {
    NdArray a = NdArray.zeros(DType.FLOAT64, 2, 3);
    NdArray b = NdArray.zeros(DType.FLOAT32, 2, 3);
    for (Runnable call :
        new Runnable[] {
          () -> a.get(0, 3),
          () -> a.get(-1, 0),
          () -> a.set(0, 2, 0),
          () -> a.plus(b),
          () -> b.matmul(a.transpose()),
          () -> a.assign(null),
          () -> NdArray.of((double[]) null, 1),
          () -> NdArray.uniform(DType.FLOAT64, new SplittableRandom(1), 1, 1, 2),
          () -> NdArray.uniform(DType.FLOAT64, new SplittableRandom(1), 0, Double.NaN, 2),
        }) {
      assertThrows(IllegalArgumentException.class, call::run);
    }
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> a.times(b));
    assertEquals("times: element types float64 and float32 do not mix; use to()", e.getMessage());
  }
}
