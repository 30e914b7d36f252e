package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.io.Safetensors;

class ModuleTest {
  private static final InstanceNorm2d.Options TRACKING =
      new InstanceNorm2d.Options(1e-5, 0.1, true, true);

  /** A network as a user writes one. */
  private static final class Net extends Module {
    final Residual residual1;
    final Sequential head;

    Net(DType dtype, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      Conv2d.Options same =
          Conv2d.Options.DEFAULT.withPadding(1, Conv2d.PaddingMode.REFLECT).withBias(false);
      residual1 =
          child(
              "residual1",
              new Residual()
                  .add("conv1", new Conv2d(dtype, random, 2, 2, 3, same))
                  .add("relu", Lambda.relu())
                  .add("conv2", new Conv2d(dtype, random, 2, 2, 3, same))
                  .add("norm2", new InstanceNorm2d(dtype, 2, TRACKING)));
      head = child("head", new Sequential(Lambda.flatten(), new Linear(dtype, random, 2 * 16, 3)));
    }

    @Override
    public Tensor forward(Tensor x) {
      return head.forward(residual1.forward(x));
    }
  }

  private static final List<String> PARAMETERS =
      List.of(
          "residual1.conv1.weight",
          "residual1.conv2.weight",
          "residual1.norm2.weight",
          "residual1.norm2.bias",
          "head.1.weight",
          "head.1.bias");

  @Test
  void namesNestWithDots() {
    Net net = new Net(DType.FLOAT32, 1);
    assertEquals(PARAMETERS, List.copyOf(net.namedParameters().keySet()));
    assertEquals(PARAMETERS, net.parameters().stream().map(Parameter::name).toList());
    assertEquals(
        List.of(
            "residual1.conv1.weight",
            "residual1.conv2.weight",
            "residual1.norm2.weight",
            "residual1.norm2.bias",
            "residual1.norm2.running_mean",
            "residual1.norm2.running_var",
            "residual1.norm2.num_batches_tracked",
            "head.1.weight",
            "head.1.bias"),
        List.copyOf(net.state().keySet()));
    assertEquals(List.of("1.weight", "1.bias"), List.copyOf(net.head.namedParameters().keySet()));
    assertEquals("residual1.norm2", net.residual1.children().get("norm2").name());
  }

  @Test
  void printsWhatItIsMadeOf() {
    assertEquals(
        """
        Net (
          residual1: Residual (
            conv1: Conv2d(2, 2, 3)
            relu: ReLU
            conv2: Conv2d(2, 2, 3)
            norm2: InstanceNorm2d(2, eps=1.0E-5)
          )
          head: Sequential (
            0: Flatten
            1: Linear(32, 3)
          )
        )""",
        new Net(DType.FLOAT32, 1).toString());
  }

  @Test
  void stateMakesTheRoundTripThroughAFile(@TempDir Path folder) throws Exception {
    Net one = new Net(DType.FLOAT32, 1);
    Net other = new Net(DType.FLOAT32, 2);
    Tensor x = Tape.inference().constant(image(DType.FLOAT32));
    one.forward(x); // moves the running statistics
    assertNotEquals(one.state(), other.state());

    Path file = folder.resolve("net.safetensors");
    new Safetensors(one.state(), Map.of()).write(file);
    other.load(Safetensors.read(file).tensors());

    assertEquals(one.state(), other.state());
    one.eval();
    other.eval();
    assertEquals(one.forward(x).value(), other.forward(x).value());
  }

  private static NdArray image(DType dtype) {
    return NdArray.normal(dtype, new SplittableRandom(3), 0, 1, 2, 2, 4, 4);
  }

  @Test
  void loadsTheOtherElementTypeConverted() {
    Net single = new Net(DType.FLOAT32, 1);
    Net wide = new Net(DType.FLOAT64, 2);
    wide.load(single.state());
    single
        .state()
        .forEach(
            (name, a) ->
                assertEquals(a.to(DType.FLOAT64), wide.state().get(name).to(DType.FLOAT64)));
    assertEquals(DType.FLOAT64, wide.parameters().get(0).value().dtype());
  }

  @Test
  void statesThatDoNotFitAreRefusedAsAWhole() {
    Net net = new Net(DType.FLOAT32, 1);
    Map<String, NdArray> before = new LinkedHashMap<>();
    net.state().forEach((name, a) -> before.put(name, a.copy()));

    Map<String, NdArray> state = new LinkedHashMap<>(new Net(DType.FLOAT32, 2).state());
    NdArray bias = state.remove("head.1.bias");
    state.remove("residual1.norm2.running_var");
    state.put("head.2.bias", bias);
    IllegalArgumentException names =
        assertThrows(IllegalArgumentException.class, () -> net.load(state));
    assertEquals(
        "load: the state does not fit; missing [head.1.bias,"
            + " residual1.norm2.running_var], unexpected [head.2.bias]",
        names.getMessage());

    Map<String, NdArray> misshaped = new LinkedHashMap<>(new Net(DType.FLOAT32, 2).state());
    misshaped.put("head.1.bias", NdArray.zeros(DType.FLOAT32, 4));
    misshaped.put("residual1.conv1.weight", NdArray.zeros(DType.FLOAT32, 2, 2, 3));
    ShapeException shapes = assertThrows(ShapeException.class, () -> net.load(misshaped));
    assertEquals(
        "load: residual1.conv1.weight must have shape [2, 2, 3, 3], was [2, 2, 3];"
            + " head.1.bias must have shape [3], was [4]",
        shapes.getMessage());
    assertEquals(before, net.state());
  }

  @Test
  void modeReachesEveryLayer() {
    Net net = new Net(DType.FLOAT32, 1);
    Module norm = net.residual1.children().get("norm2");
    assertTrue(norm.isTraining());
    net.eval();
    assertFalse(net.isTraining());
    assertFalse(norm.isTraining());
    net.train();
    assertTrue(norm.isTraining());
  }

  /** One module in two places has one set of weights, two names in the state, one gradient. */
  @Test
  void sharedModules() {
    Linear layer = new Linear(DType.FLOAT64, new SplittableRandom(1), 2, 2, false);
    Sequential net = new Sequential(layer, layer);
    assertEquals(List.of("0.weight", "1.weight"), List.copyOf(net.state().keySet()));
    assertEquals(1, net.parameters().size());
    assertSame(layer.weight(), net.parameters().get(0));

    Sequential second = new Sequential().add("part", net);
    assertEquals(List.of("part.0.weight", "part.1.weight"), List.copyOf(second.state().keySet()));
    assertEquals(List.of("0.weight", "1.weight"), List.copyOf(net.state().keySet()));

    layer.weight().value().assign(NdArray.of(new double[] {2, 0, 0, 3}, 2, 2));
    Tape tape = new Tape();
    Tensor y = net.forward(tape.constant(NdArray.ones(DType.FLOAT64, 1, 2))).sum();
    NdArray gradient = tape.gradientOf(y, net.parameters()).get(0);
    assertEquals(13, y.item()); // 2² + 3²
    assertEquals(4, gradient.get(0, 0)); // d(w²)/dw
    assertEquals(6, gradient.get(1, 1));
    assertEquals(5, gradient.get(0, 1)); // w11 from the first use, w00 from the second
  }

  /** A layer that takes a name twice. */
  private static final class Twice extends Module {
    final NdArray count;

    Twice(boolean parameter) {
      parameter("a", NdArray.scalar(1));
      count = buffer("b", NdArray.scalar(2));
      if (parameter) {
        parameter("b", NdArray.scalar(3));
      } else {
        buffer("a", NdArray.scalar(3));
      }
    }

    @Override
    public Tensor forward(Tensor x) {
      return x;
    }
  }

  @Test
  void namesAreTakenOnce() {
    for (boolean parameter : new boolean[] {true, false}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> new Twice(parameter));
      assertEquals("module: the name " + (parameter ? "b" : "a") + " is taken", e.getMessage());
    }
  }

  @Test
  void namesThatCannotBeAreRefused() {
    Sequential net = new Sequential(Lambda.relu());
    for (String name : new String[] {"", "a.b", "0", null}) {
      assertThrows(IllegalArgumentException.class, () -> net.add(name, Lambda.relu()), name);
    }
    assertThrows(IllegalArgumentException.class, () -> net.add("none", null));
    assertThrows(IllegalArgumentException.class, () -> net.add("itself", net));
    Sequential around = new Sequential(net);
    assertThrows(IllegalArgumentException.class, () -> net.add("around", around));
    assertThrows(IllegalArgumentException.class, () -> new Parameter("w", null));
  }
}
