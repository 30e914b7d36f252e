package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.Pullback.wrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Gradients on graphs of every form, against derivatives worked out by hand. */
class TapeTest {
  private final Tape tape = new Tape();

  private Tensor scalar(double value) {
    return tape.variable(NdArray.scalar(value));
  }

  private Tensor vector(double... values) {
    return tape.variable(NdArray.of(values, values.length));
  }

  private static NdArray array(double... values) {
    return NdArray.of(values, values.length);
  }

  /** A weight outside of any tape. */
  private record Weight(String name, NdArray value) implements Variable {}

  @Test
  void fanOut() {
    Tensor x = scalar(3);
    Tensor y = x.times(x).plus(x).plus(x.exp()); // used four times
    assertEquals(2 * 3 + 1 + Math.exp(3), tape.gradient(y, x).item(), 1e-12);
  }

  @Test
  void diamond() {
    Tensor x = scalar(2);
    Tensor left = x.square();
    Tensor right = x.times(3);
    Tensor y = left.times(right); // 3x³
    assertEquals(36, tape.gradient(y, x).item());
    assertEquals(List.of(6.0, 4.0), items(tape.gradient(y, List.of(left, right))));
    assertEquals(36, tape.gradient(y, List.of(left, x)).get(1).item());
  }

  private static List<Double> items(List<NdArray> arrays) {
    return arrays.stream().map(NdArray::item).toList();
  }

  @Test
  void diamondsOfDiamonds() {
    Tensor x = scalar(1);
    Tensor y = x;
    for (int i = 0; i < 50; i++) {
      y = y.plus(y); // a walk along paths would take 2⁵⁰ steps
    }
    assertEquals(0x1p50, tape.gradient(y, x).item());
  }

  @Test
  void outputsWithoutVariables() {
    Tensor c = tape.constant(NdArray.scalar(5));
    Tensor x = scalar(1);
    Tensor y = c.times(c);
    assertTrue(y.isConstant());
    assertEquals(0, tape.gradient(y, x).item());
    assertEquals(0, tape.differentiableGradient(y, x).item());
    assertEquals(0, tape.gradient(x.detach().times(2), x).item());
    assertEquals(2, tape.gradient(x.detach().plus(2).times(x).minus(x), x).item());
  }

  @Test
  void targetsThatAreNotReached() {
    Tensor before = scalar(1);
    Tensor x = vector(1, 2);
    Tensor y = x.sum();
    Tensor after = vector(1, 2, 3);
    List<NdArray> g = tape.gradient(y, List.of(before, x, after));
    assertEquals(NdArray.scalar(0), g.get(0));
    assertEquals(array(1, 1), g.get(1));
    assertEquals(array(0, 0, 0), g.get(2));
    assertEquals(List.of(), tape.gradient(y, List.<Tensor>of()));
  }

  @Test
  void outputThatIsTheTarget() {
    Tensor x = scalar(4);
    assertEquals(1, tape.gradient(x, x).item());
    Tensor y = x.square();
    assertEquals(List.of(1.0, 8.0, 1.0), items(tape.gradient(y, List.of(y, x, y))));
    NdArray seed = array(2, 3);
    Tensor v = vector(1, 1);
    NdArray g = tape.vjp(List.of(v), List.of(seed), List.of(v)).get(0);
    assertEquals(seed, g);
    assertNotSame(seed.data(), g.data());
  }

  /** What one caller does to a gradient must not change another one's. */
  @Test
  void gradientsShareNoElements() {
    Tensor a = vector(1, 2);
    Tensor b = vector(3, 4);
    Tensor c = tape.variable(NdArray.of(new double[] {5, 6}, 2, 1));
    Tensor y = a.plus(b).plus(c.reshape(2));
    NdArray seed = array(7, 8);
    List<NdArray> g = tape.vjp(List.of(y), List.of(seed), List.of(a, b, c, a));
    g.get(0).assign(array(0, 0));
    assertEquals(array(7, 8), g.get(1));
    assertEquals(NdArray.of(new double[] {7, 8}, 2, 1), g.get(2));
    assertEquals(array(7, 8), g.get(3));
    assertEquals(array(7, 8), seed);
  }

  @Test
  void targetsInTheMiddle() {
    Tensor x = scalar(2);
    Tensor middle = x.square();
    Tensor y = middle.times(middle).plus(x);
    assertEquals(List.of(33.0, 8.0), items(tape.gradient(y, List.of(x, middle))));
  }

  @Test
  void severalOutputs() {
    Tensor x = vector(2, 3);
    Tensor y = x.square();
    Tensor z = x.sum();
    Tensor constant = tape.constant(array(1));
    NdArray g =
        tape.vjp(
                List.of(y, z, constant, y),
                List.of(array(1, 10), NdArray.scalar(100), array(5), array(1, 0)),
                List.of(x))
            .get(0);
    assertEquals(array(4 + 100 + 4, 60 + 100), g);
    assertEquals(array(0, 0), tape.vjp(List.of(), List.of(), List.of(x)).get(0));
  }

  @Test
  void deepChain() {
    Tensor x = scalar(1);
    Tensor y = x;
    for (int i = 0; i < 100_000; i++) {
      y = y.times(1 + 1e-6);
    }
    double expected = Math.pow(1 + 1e-6, 100_000);
    assertEquals(expected, tape.gradient(y, x).item(), 1e-9);
    Tensor g = tape.differentiableGradient(y.square(), x);
    assertEquals(2 * expected * expected, tape.gradient(g, x).item(), 1e-8);
  }

  @Test
  void gradientOfGradientOfGradient() {
    Tensor x = scalar(0.7);
    Tensor y =
        x.sin().times(x.exp()); // e^x sin x; its derivatives: cos + sin, 2 cos, 2 cos - 2 sin
    Tensor first = tape.differentiableGradient(y, x);
    Tensor second = tape.differentiableGradient(first, x);
    Tensor third = tape.differentiableGradient(second, x);
    double e = Math.exp(0.7);
    assertEquals(e * (Math.cos(0.7) + Math.sin(0.7)), first.item(), 1e-15 * 8);
    assertEquals(2 * e * Math.cos(0.7), second.item(), 1e-15 * 8);
    assertEquals(2 * e * (Math.cos(0.7) - Math.sin(0.7)), third.item(), 1e-15 * 16);
    assertEquals(-4 * e * Math.sin(0.7), tape.gradient(third, x).item(), 1e-15 * 32);
  }

  /** y = x³: the recorded gradient is linear in its seed, with slope 3x². */
  @Test
  void gradientsAreDifferentiableInTheSeed() {
    Tensor x = vector(2, 3);
    Tensor seed = vector(5, 7);
    Tensor y = x.pow(3);
    Tensor g = tape.differentiableVjp(List.of(y), List.of(seed), List.of(x)).get(0);
    assertEquals(array(5 * 12, 7 * 27), g.value());
    List<NdArray> second = tape.gradient(g.sum(), List.of(seed, x));
    assertEquals(array(12, 27), second.get(0));
    assertEquals(array(5 * 12, 7 * 18), second.get(1)); // seed · 6x
  }

  @ParameterizedTest
  @EnumSource
  void variablesOutsideOfTheTape(DType dtype) {
    Weight w = new Weight("w", NdArray.of(new double[] {2, 3}, 2).to(dtype));
    Weight unused = new Weight("unused", NdArray.ones(dtype, 3));
    assertSame(tape.variable(w), tape.variable(w));
    Tensor y = tape.variable(w).times(tape.variable(w)).sum();
    List<NdArray> g = tape.gradientOf(y, List.of(unused, w, w));
    assertEquals(NdArray.zeros(dtype, 3), g.get(0));
    assertEquals(NdArray.of(new double[] {4, 6}, 2).to(dtype), g.get(1));
    assertEquals(g.get(1), g.get(2));
    NdArray same = w.value();
    assertEquals(
        array(0, 0).to(dtype), tape.gradient(y, tape.variable(same)), "an array is no variable");
  }

  @Test
  void tapeThatDoesNotRecord() {
    Tape silent = Tape.inference();
    Tensor x = silent.variable(array(1, 2));
    Weight weight = new Weight("w", array(3, 4));
    Tensor w = silent.variable(weight);
    assertSame(w, silent.variable(weight));
    assertEquals(11, x.times(w).sum().item());
    assertEquals(0, silent.size());
    assertTrue(x.isConstant());
  }

  /** A gradient taken in between does not disturb what is recorded before and after it. */
  @Test
  void gradientsInBetween() {
    Tensor x = scalar(3);
    Tensor y = x.square();
    int before = tape.size();
    NdArray first = tape.gradient(y, x);
    assertEquals(before, tape.size(), "a gradient that is not differentiable records nothing");
    Tensor z = y.times(tape.constant(first)); // 6x²
    assertEquals(36, tape.gradient(z, x).item());
    assertEquals(6, tape.gradient(y, x).item());
  }

  @Test
  void onlyWhatIsNeededIsComputed() {
    List<String> computed = new ArrayList<>();
    Tensor a = scalar(2);
    Tensor b = scalar(3);
    Tensor c = tape.constant(NdArray.scalar(4));
    Tensor y =
        Tape.record(
            "three",
            NdArray.scalar(24),
            wrt(a, (out, g) -> logged(computed, "a", g.times(b).times(c))),
            wrt(null, (out, g) -> logged(computed, "absent", g)),
            wrt(b, (out, g) -> logged(computed, "b", g.times(a).times(c))),
            wrt(c, (out, g) -> logged(computed, "c", g.times(a).times(b))));
    assertEquals(8, tape.gradient(y, b).item());
    assertEquals(List.of("b"), computed);
    computed.clear();
    assertEquals(List.of(12.0, 8.0), items(tape.gradient(y, List.of(a, b))));
    assertEquals(List.of("a", "b"), computed);
  }

  /** What lies on no path to a target is passed over, be it computed from variables or not. */
  @Test
  void branchesWithoutTargetsAreSkipped() {
    List<String> computed = new ArrayList<>();
    Tensor frozen = scalar(2);
    Tensor x = scalar(3);
    Tensor branch =
        Tape.record(
            "branch",
            NdArray.scalar(4),
            wrt(frozen.square(), (out, g) -> logged(computed, "branch", g)));
    Tensor y = branch.square().times(x);
    assertEquals(16, tape.gradient(y, x).item());
    assertEquals(16, tape.differentiableGradient(y, x).item());
    assertEquals(List.of(), computed);
    assertEquals(96, tape.gradient(y, frozen).item());
    assertEquals(List.of("branch"), computed);
  }

  private static Tensor logged(List<String> log, String entry, Tensor result) {
    log.add(entry);
    return result;
  }

  /** The kernel serves plain gradients, the formula recorded ones. */
  @Test
  void fusedOperations() {
    List<String> used = new ArrayList<>();
    Tensor a = scalar(2);
    Tensor b = scalar(3);
    Tensor y =
        Tape.recordFused(
            "product",
            null,
            NdArray.scalar(6),
            (g, needed) -> {
              used.add("kernel " + needed[0] + " " + needed[1]);
              return new NdArray[] {
                needed[0] ? NdArray.scalar(3 * g.item()) : null,
                needed[1] ? NdArray.scalar(2 * g.item()) : null
              };
            },
            wrt(a, (out, g) -> logged(used, "formula a", g.times(b))),
            wrt(b, (out, g) -> logged(used, "formula b", g.times(a))));
    assertEquals(3, tape.gradient(y, a).item());
    assertEquals(List.of("kernel true false"), used);
    used.clear();
    Tensor g = tape.differentiableGradient(y, b);
    assertEquals(List.of("formula b"), used);
    assertEquals(1, tape.gradient(g, a).item());
  }

  @Test
  void printsAsAWengertList() {
    Tensor x = tape.variable(new Weight("layer.weight", array(1, 2)));
    Tensor c = tape.constant(NdArray.scalar(3));
    Tensor y = x.times(c).plus(x);
    y.sum();
    assertEquals(
        """
        v0 = layer.weight : float64[2]
        v1 = times(v0, float64[]) : float64[2]
        v2 = plus(v1, v0) : float64[2]
        v3 = sum(v2) : float64[]""",
        tape.toString());
    assertEquals(List.of("layer.weight", "times", "plus", "sum"), tape.operations());
    assertEquals(4, tape.size());
  }

  /** What an operation was called with besides tensors stands behind its inputs. */
  @Test
  void printsArguments() {
    Tensor x = tape.variable(NdArray.ones(DType.FLOAT64, 4, 3));
    x.times(3).minus(0.25).plus(-1e10).dividedBy(2).pow(2).maximum(0);
    x.slice(0, 1, 3).pad(-1, 0, 2).transpose(1, 0).reshape(-1).sumTo(1).broadcastTo(1, 7);
    x.sum(0);
    x.sumKeepDims(0, 1);
    x.sumKeepDims();
    x.mean();
    x.meanKeepDims(-1);
    x.matmul(x, false, true);
    x.matmul(x, true, false);
    x.matmul(x.transpose(), true, true);
    Tape.record("mine", x.value(), wrt(x, (y, g) -> g));
    Tape.record("mine", "alpha 2", x.value(), wrt(x, (y, g) -> g));
    assertEquals(
        """
        v0 = variable : float64[4, 3]
        v1 = times(v0, 3) : float64[4, 3]
        v2 = minus(v1, 0.25) : float64[4, 3]
        v3 = plus(v2, -1e10) : float64[4, 3]
        v4 = dividedBy(v3, 2) : float64[4, 3]
        v5 = pow(v4, 2) : float64[4, 3]
        v6 = maximum(v5, 0) : float64[4, 3]
        v7 = slice(v0, axis 0, 1:3) : float64[2, 3]
        v8 = pad(v7, axis -1, 0 before, 2 after) : float64[2, 5]
        v9 = transpose(v8, [1, 0]) : float64[5, 2]
        v10 = reshape(v9, [-1]) : float64[10]
        v11 = sumTo(v10, [1]) : float64[1]
        v12 = broadcastTo(v11, [1, 7]) : float64[1, 7]
        v13 = sum(v0, axis 0) : float64[3]
        v14 = sum(v0, axes [0, 1], keepDims) : float64[1, 1]
        v15 = sum(v0, keepDims) : float64[1, 1]
        v16 = mean(v0) : float64[]
        v17 = mean(v0, axis -1, keepDims) : float64[4, 1]
        v18 = matmul(v0, v0, second transposed) : float64[4, 4]
        v19 = matmul(v0, v0, first transposed) : float64[3, 3]
        v20 = transpose(v0) : float64[3, 4]
        v21 = matmul(v0, v20, both transposed) : float64[3, 3]
        v22 = mine(v0) : float64[4, 3]
        v23 = mine(v0, alpha 2) : float64[4, 3]""",
        tape.toString());
  }

  @Test
  void absentInputsAreNotPrinted() {
    Tensor x = scalar(1);
    Tape.record("mine", NdArray.scalar(1), wrt(null, (out, g) -> g), wrt(x, (out, g) -> g));
    assertEquals("v0 = variable : float64[]\nv1 = mine(v0) : float64[]", tape.toString());
  }

  @Test
  void rearrangementsAndMeans() {
    Tensor x = tape.variable(NdArray.normal(DType.FLOAT64, new SplittableRandom(1), 0, 1, 2, 3, 4));
    NdArray g = NdArray.normal(DType.FLOAT64, new SplittableRandom(2), 0, 1, 4, 2, 3);
    Tensor turned = x.transpose(2, 0, 1);
    assertEquals(g.transpose(1, 2, 0), tape.vjp(List.of(turned), List.of(g), List.of(x)).get(0));
    Tensor mean = x.mean(0, 2);
    assertEquals(x.value().sum(0, 2).map(v -> v / 8), mean.value());
    NdArray ones = NdArray.ones(DType.FLOAT64, 3);
    assertEquals(
        NdArray.full(DType.FLOAT64, 0.125, 2, 3, 4),
        tape.vjp(List.of(mean), List.of(ones), List.of(x)).get(0));
  }

  @Test
  void findsWhereANumberWasLost() {
    Tensor x = vector(1, 0);
    Tensor y = x.plus(1);
    assertEquals(Optional.empty(), tape.firstNonFinite());
    y.times(x.log()).exp();
    assertEquals(Optional.of("v2 = log(v0) : float64[2]"), tape.firstNonFinite());
  }

  @Test
  void repeatedGradientsAreTheSame() {
    Tensor x = tape.variable(NdArray.normal(DType.FLOAT32, new SplittableRandom(1), 0, 1, 50));
    Tensor y = x.exp().times(x.sin()).sum();
    NdArray first = tape.gradient(y, x);
    tape.differentiableGradient(y, x);
    assertEquals(first, tape.gradient(y, x));
    assertArrayEquals(
        first.toDoubleArray(), tape.differentiableGradient(y, x).value().toDoubleArray());
  }
}
