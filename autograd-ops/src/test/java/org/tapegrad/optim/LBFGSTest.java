package org.tapegrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.tapegrad.Pullback.wrt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Parameter;

class LBFGSTest {
  /** Beside the checkout; may not be there. */
  private static final Path TRAJECTORY =
      Path.of("../../shared/data/rosenbrock-pytorch-history10.txt");

  private static final LBFGS.Options ONE_BY_ONE =
      LBFGS.Options.DEFAULT.withHistorySize(10).withMaxIter(1).withMaxEval(100);

  private final Parameter p = new Parameter("p", NdArray.of(new double[] {-1.2, 1}, 2));

  /**
   * factor times Rosenbrock's function, with value and gradient in one fixed order of roundings.
   */
  private Tensor rosenbrock(Tape tape, double factor) {
    Tensor v = tape.variable(p);
    double x = v.value().get(0);
    double u = v.value().get(1) - x * x;
    double w = 1 - x;
    NdArray gradient = NdArray.of(new double[] {-400 * x * u - 2 * w, 200 * u}, 2).times(factor);
    NdArray value = NdArray.scalar(factor * (100 * u * u + w * w));
    return Tape.record("rosenbrock", value, wrt(v, (y, g) -> g.times(y.tape().constant(gradient))));
  }

  private double[] point() {
    return p.value().toDoubleArray();
  }

  @Test
  void goesWherePyTorchGoesBitForBit() throws IOException {
    assumeTrue(Files.exists(TRAJECTORY), "PyTorch's trajectory is not there: " + TRAJECTORY);
    LBFGS lbfgs = new LBFGS(List.of(p), ONE_BY_ONE);
    List<String> lines = Files.readAllLines(TRAJECTORY);
    assertEquals(37, lines.size());
    for (String line : lines.subList(1, lines.size())) {
      lbfgs.step(tape -> rosenbrock(tape, 1));
      String[] words = line.split(" ");
      assertEquals(Integer.parseInt(words[0]), lbfgs.evaluations(), line);
      assertArrayEquals(
          new double[] {Double.parseDouble(words[2]), Double.parseDouble(words[3])}, point(), line);
      double loss = Double.parseDouble(words[4]); // the points are the same bits; this is printed
      assertEquals(loss, lbfgs.loss(), 1e-14 * loss, line);
    }
  }

  @Test
  void oneStepFollowsManyDirections() {
    LBFGS lbfgs = new LBFGS(List.of(p), LBFGS.Options.DEFAULT.withMaxIter(100));
    assertEquals(24.2, lbfgs.step(tape -> rosenbrock(tape, 1)), 1e-12);
    assertArrayEquals(new double[] {1, 1}, point(), 1e-4);
    assertTrue(lbfgs.iterations() < 50 && lbfgs.loss() < 1e-8, "" + lbfgs.loss());
  }

  /** By PyTorch's limits, which are absolute, a loss of 1e-9 is at its end where it begins. */
  @Test
  void limitsAreInUnitsOfTheLossScale() {
    LBFGS.Options options = ONE_BY_ONE.withMaxIter(200).withMaxEval(400);
    double tiny = 0x1p-35;
    new LBFGS(List.of(p), options).step(tape -> rosenbrock(tape, tiny));
    assertArrayEquals(new double[] {-1.2, 1}, point(), 0.01);
    LBFGS scaled = new LBFGS(List.of(p), options.withLossScale(tiny));
    scaled.step(tape -> rosenbrock(tape, tiny));
    assertArrayEquals(new double[] {1, 1}, point(), 1e-4);
  }

  /** Far enough above 1 the path is the same, bit for bit where the factor is a power of two. */
  @Test
  void aScaledLossTakesTheSamePath() {
    LBFGS.Options options = ONE_BY_ONE.withMaxIter(20);
    new LBFGS(List.of(p), options).step(tape -> rosenbrock(tape, 1));
    double[] plain = point();
    p.value().assign(NdArray.of(new double[] {-1.2, 1}, 2));
    double factor = 0x1p20;
    new LBFGS(List.of(p), options.withLossScale(factor)).step(tape -> rosenbrock(tape, factor));
    assertArrayEquals(plain, point());
  }

  @Test
  void withoutASearchItGoesAsFarAsTheLearningRateSays() {
    Parameter x = new Parameter("x", NdArray.of(new float[] {3, -1}, 2));
    LBFGS lbfgs =
        new LBFGS(List.of(x), LBFGS.Options.DEFAULT.withStrongWolfe(false).withLearningRate(0.5));
    lbfgs.step(tape -> tape.variable(x).square().sum());
    assertEquals(0, x.value().abs().max().item(), 1e-4);
    assertEquals(DType.FLOAT32, x.value().dtype());
  }

  @Test
  void goesOnFromItsState() {
    LBFGS whole = new LBFGS(List.of(p), ONE_BY_ONE);
    for (int i = 0; i < 15; i++) {
      whole.step(tape -> rosenbrock(tape, 1));
    }
    Map<String, NdArray> state = whole.state();
    NdArray at = p.value().copy();
    whole.step(tape -> rosenbrock(tape, 1));
    double[] expected = point();
    p.value().assign(at);
    LBFGS second = new LBFGS(List.of(p), ONE_BY_ONE);
    second.load(state);
    second.step(tape -> rosenbrock(tape, 1));
    assertArrayEquals(expected, point());
    assertEquals(whole.state(), second.state());

    Map<String, NdArray> wrong = new LinkedHashMap<>(state);
    wrong.remove("history.3.step");
    assertThrows(IllegalArgumentException.class, () -> second.load(wrong));
    wrong.putAll(state);
    wrong.put("gradient", NdArray.full(DType.FLOAT64, Double.NaN, 2));
    assertRefused("load: gradient must be finite", () -> second.load(wrong));
    wrong.putAll(state);
    wrong.put("loss", NdArray.scalar(7));
    wrong.put("history.3.step", state.get("history.3.step").negate());
    assertRefused("load: history.3 must have a positive product", () -> second.load(wrong));
    assertEquals(whole.state(), second.state());
    wrong.put("iterations", NdArray.scalar(1.5));
    assertRefused("iterations must be a whole number >= 0, was 1.5", () -> second.load(wrong));
    assertEquals(whole.state(), second.state());
  }

  /** The parameters stay at the last point that was reached, not at one that was tried. */
  @Test
  void aLossThatIsNoNumberIsRefused() {
    Parameter x = new Parameter("x", NdArray.of(new double[] {0.5}, 1));
    LBFGS lbfgs = new LBFGS(List.of(x));
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> lbfgs.step(tape -> tape.variable(x).log().sum())); // falls to minus infinity
    assertTrue(e.getMessage().startsWith("step: the loss is NaN"), e.getMessage());
    assertTrue(e.getMessage().contains("= log("), e.getMessage());
    assertTrue(x.value().item() > 0, x.value().toString());
  }

  @Test
  void wrongOptionsAreRefused() {
    LBFGS.Options o = LBFGS.Options.DEFAULT;
    assertRefused("learning rate must be >= 0, was -1.0", () -> o.withLearningRate(-1));
    assertRefused("maxIter must be >= 1, was 0", () -> o.withMaxIter(0));
    assertRefused("maxEval must be >= 1, was 0", () -> o.withMaxEval(0));
    assertRefused("toleranceGrad must be >= 0, was NaN", () -> o.withTolerances(Double.NaN, 0));
    assertRefused("toleranceChange must be >= 0, was -1.0", () -> o.withTolerances(0, -1));
    assertRefused("historySize must be >= 1, was 0", () -> o.withHistorySize(0));
    assertRefused("loss scale must be > 0, was 0.0", () -> o.withLossScale(0));
    assertRefused("is given twice", () -> new LBFGS(List.of(p, p)));
    assertRefused("options is needed, was null", () -> new LBFGS(List.of(p), null));
    assertRefused("closure is needed, was null", () -> new LBFGS(List.of(p)).step(null));
    assertRefused("the loss of the closure", () -> new LBFGS(List.of(p)).step(tape -> null));
  }

  private static void assertRefused(
      String message, org.junit.jupiter.api.function.Executable wrong) {
    Exception e = assertThrows(IllegalArgumentException.class, wrong);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
