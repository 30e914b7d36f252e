package org.tapegrad.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Parameter;

class OptimizerTest {
  private static Parameter parameter(double... values) {
    return new Parameter("w", NdArray.of(values, values.length));
  }

  private static void step(Optimizer optimizer, double... gradient) {
    optimizer.step(List.of(NdArray.of(gradient, gradient.length)));
  }

  private static void assertValues(Parameter p, double... expected) {
    assertArrayEquals(expected, p.value().toDoubleArray(), 1e-15);
  }

  @Test
  void sgdByHand() {
    Parameter w = parameter(1, -2);
    Optimizer sgd = new SGD(List.of(w), 0.5);
    step(sgd, 1, 3); // 1 - 0.5·1, -2 - 0.5·3
    assertValues(w, 0.5, -3.5);
    sgd.setLearningRate(2);
    step(sgd, 1, -1);
    assertValues(w, -1.5, -1.5);
    assertEquals(2, sgd.steps());
  }

  @Test
  void momentumByHand() {
    Parameter w = parameter(1);
    Optimizer sgd = new SGD(List.of(w), 0.5, 0.5);
    step(sgd, 1); // v = 1
    assertValues(w, 0.5);
    step(sgd, 2); // v = 0.5·1 + 2 = 2.5
    assertValues(w, -0.75);
    step(sgd, 0); // v = 1.25
    assertValues(w, -1.375);
  }

  /** The first velocity is the gradient itself; later ones take half of it. */
  @Test
  void dampeningByHand() {
    Parameter w = parameter(1);
    Optimizer sgd =
        new SGD(List.of(w), 1, SGD.Options.DEFAULT.withMomentum(0.5).withDampening(0.5));
    step(sgd, 1);
    assertValues(w, 0);
    step(sgd, 1); // v = 0.5·1 + 0.5·1
    assertValues(w, -1);
    step(sgd, 4); // v = 0.5·1 + 0.5·4
    assertValues(w, -3.5);
  }

  @Test
  void nesterovAndDecayByHand() {
    Parameter w = parameter(2);
    Optimizer sgd =
        new SGD(
            List.of(w),
            0.5,
            SGD.Options.DEFAULT.withMomentum(0.5).withNesterov(true).withWeightDecay(0.25));
    step(sgd, 1); // g = 1 + 0.25·2 = 1.5, v = 1.5, step g + 0.5·v = 2.25
    assertValues(w, 0.875);
    step(sgd, 0); // g = 0.21875, v = 0.75 + 0.21875 = 0.96875, step 0.21875 + 0.484375
    assertValues(w, 0.5234375);
  }

  /**
   * Whatever the gradient, the first step of Adam is the learning rate: m/(1-b1) = g, v/(1-b2) =
   * g².
   */
  @Test
  void adamByHand() {
    Parameter w = parameter(1, 1, 1);
    Optimizer adam =
        new Adam(List.of(w), 0.25, Adam.Options.DEFAULT.withBetas(0.5, 0.5).withEps(0));
    step(adam, 4, -1e-3, 1e3);
    assertValues(w, 0.75, 1.25, 0.75);
    step(adam, 0, -1e-3, 0);
    // m = 0.5·2 + 0 = 1, v = 0.5·8 = 4; m/(1-1/4) = 4/3, sqrt(v/(1-1/4)) = 4/sqrt(3)
    double half = 0.25 / Math.sqrt(3);
    assertValues(w, 0.75 - half, 1.5, 0.75 - half);
  }

  @Test
  void epsAndDecaysByHand() {
    Adam.Options options = Adam.Options.DEFAULT.withBetas(0.5, 0.5).withEps(1).withWeightDecay(0.5);
    Parameter coupled = parameter(2);
    step(new Adam(List.of(coupled), 0.5, options), 2);
    assertValues(coupled, 2 - 0.5 * 3 / (3 + 1)); // g = 2 + 0.5·2 = 3
    Parameter decoupled = parameter(2);
    step(Adam.adamW(List.of(decoupled), 0.5, options), 2);
    assertValues(decoupled, 2 * (1 - 0.5 * 0.5) - 0.5 * 2 / (2 + 1.0));
    Parameter byDefault = parameter(2);
    step(Adam.adamW(List.of(byDefault), 0.5), 0);
    assertValues(byDefault, 2 * (1 - 0.5 * 0.01));
  }

  /** The formula of the paper, in float64, beside the kernel, over many elements and steps. */
  @ParameterizedTest
  @EnumSource
  void adamByFormula(DType dtype) {
    int n = 100_003;
    SplittableRandom random = new SplittableRandom(1);
    Parameter w = new Parameter("w", NdArray.normal(dtype, random, 0, 1, n));
    double[] expected = w.value().toDoubleArray();
    double[] m = new double[n];
    double[] v = new double[n];
    Optimizer adam = new Adam(List.of(w), 0.01);
    for (int t = 1; t <= 5; t++) {
      NdArray gradient = NdArray.normal(dtype, random, 0.5, 1, n);
      double[] g = gradient.toDoubleArray();
      for (int i = 0; i < n; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        double mean = m[i] / (1 - Math.pow(0.9, t));
        double square = v[i] / (1 - Math.pow(0.999, t));
        expected[i] -= 0.01 * mean / (Math.sqrt(square) + 1e-8);
      }
      adam.step(List.of(gradient));
    }
    double[] actual = w.value().toDoubleArray();
    for (int i = 0; i < n; i++) {
      assertEquals(
          expected[i], actual[i], 16 * dtype.epsilon() * Math.max(1, Math.abs(expected[i])));
    }
  }

  private static Stream<Function<List<Parameter>, Optimizer>> kinds() {
    return Stream.of(
        p -> new SGD(p, 0.1),
        p ->
            new SGD(
                p,
                0.1,
                SGD.Options.DEFAULT.withMomentum(0.9).withNesterov(true).withWeightDecay(0.01)),
        p -> new Adam(p, 0.1),
        p -> Adam.adamW(p, 0.1));
  }

  /** Stopped after three steps and resumed from a file, bit for bit as if never stopped. */
  @ParameterizedTest
  @MethodSource("kinds")
  void resumes(Function<List<Parameter>, Optimizer> kind, @TempDir Path folder) throws Exception {
    List<Parameter> straight = parameters();
    Optimizer whole = kind.apply(straight);
    descend(whole, 7);

    List<Parameter> stopped = parameters();
    Optimizer first = kind.apply(stopped);
    descend(first, 3);
    Path file = folder.resolve("optimizer.safetensors");
    new Safetensors(first.state(), Map.of()).write(file);
    List<Parameter> resumed =
        stopped.stream().map(p -> new Parameter(p.name(), p.value().copy())).toList();
    Optimizer second = kind.apply(resumed);
    second.load(Safetensors.read(file).tensors());
    assertEquals(3, second.steps());
    descend(second, 4);

    assertEquals(values(straight), values(resumed));
    assertEquals(whole.state(), second.state());
    Optimizer forgetful = kind.apply(stopped);
    descend(forgetful, 4);
    if (whole.state().size() > 1) {
      assertNotEquals(values(straight), values(stopped));
    }
  }

  /** Two of the same name, as generator and discriminator of one training may have. */
  private static List<Parameter> parameters() {
    SplittableRandom random = new SplittableRandom(5);
    return List.of(
        new Parameter("w", NdArray.normal(DType.FLOAT32, random, 0, 1, 3, 2)),
        new Parameter("w", NdArray.normal(DType.FLOAT64, random, 0, 1, 3, 2)));
  }

  private static List<NdArray> values(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::value).toList();
  }

  private static void descend(Optimizer optimizer, int steps) {
    for (int i = 0; i < steps; i++) {
      Tape tape = new Tape();
      Tensor a = tape.variable(optimizer.parameters().get(0)).exp().sum();
      Tensor b = tape.variable(optimizer.parameters().get(1)).pow(4).sum();
      List<Parameter> p = optimizer.parameters();
      List<NdArray> both = Arrays.asList(null, null);
      both.set(0, tape.gradientOf(a, p).get(0));
      both.set(1, tape.gradientOf(b, p).get(1));
      optimizer.step(both);
    }
  }

  @Test
  void statesThatDoNotFitAreRefused() {
    Optimizer adam = new Adam(List.of(parameter(1, 2)), 0.1);
    step(adam, 1, 1);
    Map<String, NdArray> before = new LinkedHashMap<>();
    adam.state().forEach((name, a) -> before.put(name, a.copy()));
    assertEquals(List.of("steps", "mean.0.w", "square.0.w"), List.copyOf(before.keySet()));

    Map<String, NdArray> ofSgd = new SGD(List.of(parameter(1, 2)), 0.1, 0.9).state();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> adam.load(ofSgd));
    assertEquals(
        "load: the state does not fit; missing [mean.0.w, square.0.w], unexpected [velocity.0.w]",
        e.getMessage());
    Map<String, NdArray> longer = new Adam(List.of(parameter(1, 2, 3)), 0.1).state();
    assertThrows(ShapeException.class, () -> adam.load(longer));
    for (double steps : new double[] {-1, 0.5, Double.NaN, 1e300}) {
      Map<String, NdArray> state = new LinkedHashMap<>(before);
      state.put("steps", NdArray.scalar(steps));
      assertThrows(IllegalArgumentException.class, () -> adam.load(state), steps + " steps");
    }
    assertEquals(before, adam.state());
  }

  @Test
  void gradientsThatDoNotFitAreRefusedAsAWhole() {
    Parameter a = new Parameter("a", NdArray.ones(DType.FLOAT32, 2));
    Parameter b = new Parameter("b", NdArray.ones(DType.FLOAT32, 2));
    Optimizer sgd = new SGD(List.of(a, b), 0.1);
    NdArray good = NdArray.ones(DType.FLOAT32, 2);
    assertMessage("step: 2 parameters, but 1 gradients", () -> sgd.step(List.of(good)));
    assertMessage(
        "step: the gradient of b float32[2] must be alike, was float32[3]",
        () -> sgd.step(List.of(good, NdArray.ones(DType.FLOAT32, 3))));
    assertMessage(
        "step: the gradient of b float32[2] must be alike, was float64[2]",
        () -> sgd.step(List.of(good, NdArray.ones(DType.FLOAT64, 2))));
    assertMessage(
        "step: the gradient of b float32[2] is needed, was null",
        () -> sgd.step(Arrays.asList(good, null)));
    assertEquals(good, a.value());
    assertEquals(0, sgd.steps());
    assertMessage("optimizer: a float32[2] is given twice", () -> new SGD(List.of(a, b, a), 0.1));
  }

  @Test
  void optionsThatAreNotFiniteAreRefused() {
    double infinity = Double.POSITIVE_INFINITY;
    List<Parameter> p = List.of(parameter(1));
    assertMessage(
        "optimizer: learning rate must be finite, was Infinity", () -> new SGD(p, infinity));
    assertMessage(
        "optimizer: learning rate must be finite, was Infinity", () -> new Adam(p, infinity));
    assertMessage(
        "optimizer: eps must be finite, was Infinity",
        () -> Adam.Options.DEFAULT.withEps(infinity));
    assertMessage(
        "optimizer: weight decay must be finite, was Infinity",
        () -> Adam.Options.DEFAULT.withWeightDecay(infinity));
    assertMessage(
        "optimizer: weight decay must be finite, was Infinity",
        () -> SGD.Options.DEFAULT.withWeightDecay(infinity));
    assertMessage(
        "optimizer: dampening must be finite, was Infinity",
        () -> SGD.Options.DEFAULT.withDampening(infinity));
    Optimizer sgd = new SGD(p, 1);
    assertMessage(
        "optimizer: gamma must be finite, was Infinity",
        () -> LRScheduler.stepLR(sgd, 1, infinity));
    assertMessage(
        "optimizer: gamma must be >= 0, was NaN", () -> LRScheduler.stepLR(sgd, 1, Double.NaN));
    assertMessage(
        "optimizer: etaMin must be >= 0, was NaN",
        () -> LRScheduler.cosineAnnealingLR(sgd, 1, Double.NaN));
    assertMessage(
        "optimizer: etaMin must be finite, was Infinity",
        () -> LRScheduler.cosineAnnealingLR(sgd, 1, infinity));
  }

  private static void assertMessage(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    List<Parameter> p = List.of(parameter(1));
    assertMessage("optimizer: learning rate must be >= 0, was -1.0", () -> new SGD(p, -1));
    assertMessage(
        "optimizer: learning rate must be >= 0, was NaN",
        () -> new SGD(p, 1).setLearningRate(Double.NaN));
    assertMessage("optimizer: momentum must be in [0, 1), was 1.0", () -> new SGD(p, 1, 1));
    assertMessage(
        "optimizer: nesterov needs momentum > 0 and no dampening",
        () -> SGD.Options.DEFAULT.withMomentum(0.5).withDampening(0.5).withNesterov(true));
    assertMessage(
        "optimizer: nesterov needs momentum > 0 and no dampening",
        () -> SGD.Options.DEFAULT.withNesterov(true));
    assertMessage(
        "optimizer: dampening must be >= 0, was NaN",
        () -> SGD.Options.DEFAULT.withDampening(Double.NaN));
    assertMessage(
        "optimizer: beta2 must be in [0, 1), was 1.0",
        () -> Adam.Options.DEFAULT.withBetas(0.9, 1));
    assertMessage("optimizer: eps must be >= 0, was -1.0", () -> Adam.Options.DEFAULT.withEps(-1));
    assertMessage(
        "optimizer: weight decay must be >= 0, was NaN",
        () -> Adam.Options.DEFAULT.withWeightDecay(Double.NaN));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aGradientThatIsOverChangesNothing(Function<List<Parameter>, Optimizer> kind) {
    List<Parameter> p = List.of(parameter(1, 2), parameter(3));
    Optimizer optimizer = kind.apply(p);
    List<NdArray> over;
    try (Workspace.Step step = new Workspace().step()) {
      Tape tape = step.tape();
      over = tape.gradientOf(tape.variable(p.get(1)).square().sum(), List.of(p.get(1)));
    }
    List<NdArray> gradients = List.of(NdArray.ones(DType.FLOAT64, 2), over.get(0));
    assertThrows(IllegalStateException.class, () -> optimizer.step(gradients));
    assertEquals(0, optimizer.steps());
    assertEquals(NdArray.of(new double[] {1, 2}, 2), p.get(0).value());
  }

  @Test
  void meanSquaresBelowZeroAreNotLoaded() {
    Optimizer adam = new Adam(List.of(parameter(1, 2)), 0.1);
    for (double wrong : new double[] {-1e-30, Double.NaN}) {
      Map<String, NdArray> state = new LinkedHashMap<>(adam.state());
      String name =
          state.keySet().stream().filter(n -> n.startsWith("square")).findFirst().orElseThrow();
      state.put("steps", NdArray.scalar(7));
      state.put(name, NdArray.of(new double[] {0, wrong}, 2));
      assertMessage("load: " + name + " must be >= 0", () -> adam.load(state));
      assertEquals(0, adam.steps());
    }
  }

  @Test
  void absentArgumentsAreRefused() {
    List<Parameter> p = List.of(parameter(1));
    assertMessage("optimizer: a list of parameters is needed, was null", () -> new SGD(null, 1));
    assertMessage(
        "optimizer: every parameter is needed, was null",
        () -> new Adam(Arrays.asList(p.get(0), null), 1));
    assertMessage("optimizer: options is needed, was null", () -> new SGD(p, 1, null));
    assertMessage("optimizer: options is needed, was null", () -> new Adam(p, 1, null));
    assertMessage("load: a state is needed, was null", () -> new SGD(p, 1).load(null));
    assertMessage("step: a list of gradients is needed, was null", () -> new SGD(p, 1).step(null));
    assertMessage("stepLR: optimizer is needed, was null", () -> LRScheduler.stepLR(null, 1, 1));
    assertMessage(
        "cosineAnnealingLR: optimizer is needed, was null",
        () -> LRScheduler.cosineAnnealingLR(null, 1, 0));
  }

  /** An update after recording is noticed by the tape that recorded the old value. */
  @Test
  void updatesAreNoticedByOlderTapes() {
    Parameter w = parameter(1, 2);
    Tape tape = new Tape();
    Tensor y = tape.variable(w).square().sum();
    Optimizer sgd = new SGD(List.of(w), 0.1);
    int version = w.version();
    sgd.step(tape.gradientOf(y, sgd.parameters()));
    assertTrue(w.version() > version);
    assertThrows(IllegalStateException.class, () -> tape.gradientOf(y, sgd.parameters()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void stepsAllocateNoArrays(Function<List<Parameter>, Optimizer> kind) {
    assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    NdArray w = NdArray.ones(DType.FLOAT64, 4000); // few enough for one thread
    Optimizer optimizer = kind.apply(List.of(new Parameter("w", w)));
    List<NdArray> gradients = List.of(NdArray.ones(DType.FLOAT64, 4000));
    // Until they are compiled, vector kernels allocate a small object per vector.
    long perStep = Long.MAX_VALUE;
    for (int round = 0; round < 100 && perStep >= 4000; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        optimizer.step(gradients);
      }
      perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
    }
    assertTrue(perStep < 4000, perStep + " bytes a step");
  }
}
