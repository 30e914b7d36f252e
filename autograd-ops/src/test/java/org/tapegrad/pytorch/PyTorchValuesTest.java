package org.tapegrad.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.pytorch.PyTorchOps.Call;

/** Values and gradients that PyTorch computed: every case, in its element type and in float32. */
class PyTorchValuesTest {

  @TestFactory
  Stream<DynamicTest> agreesWithPyTorch() throws IOException {
    return PyTorchCase.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  @Test
  void allCasesAreThere() throws IOException {
    assertEquals(292, PyTorchCase.all().size());
  }

  private static void check(PyTorchCase c) {
    switch (c.kind()) {
      case "op" -> {
        checkOp(c, c.dtype());
        checkOp(c, DType.FLOAT32);
      }
      case "optimiser" -> PyTorchTraining.optimiser(c);
      case "clip" -> PyTorchTraining.clip(c);
      case "schedule" -> PyTorchTraining.schedule(c);
      default -> throw new AssertionError("unknown kind of case: " + c.kind());
    }
  }

  private static void checkOp(PyTorchCase c, DType type) {
    Function<Call, Tensor> op = PyTorchOps.named(c.op());
    assertNotNull(op, "no op is bound to the name " + c.op());
    double tolerance = tolerance(c, type);
    Tape tape = new Tape();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    Map<String, NdArray> state = new LinkedHashMap<>();
    for (String name : c.inputs()) {
      inputs.put(name, tape.variable(c.tensor("input/" + name).to(type)));
    }
    for (String name : List.of("running_mean", "running_var", "num_batches_tracked")) {
      if (c.has("before/" + name)) {
        state.put(name, c.tensor("before/" + name).to(type).copy());
      }
    }
    Tensor y = op.apply(new Call(c, inputs, state));
    assertClose(c.tensor("output"), y.value(), tolerance, "output");
    state.forEach((name, array) -> assertClose(c.tensor("after/" + name), array, tolerance, name));
    List<Tensor> xs = new ArrayList<>(inputs.values());
    NdArray g = c.tensor("cotangent").to(type);
    List<NdArray> byKernel = tape.vjp(List.of(y), List.of(g), xs);
    List<Tensor> byFormula = tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), xs);
    for (int i = 0; i < xs.size(); i++) {
      String name = c.inputs().get(i);
      NdArray expected = c.tensor("gradient/" + name);
      assertClose(expected, byKernel.get(i), tolerance, "gradient of " + name);
      assertClose(
          expected, byFormula.get(i).value(), tolerance, "differentiable gradient of " + name);
    }
  }

  /**
   * Of the largest element. PyTorch rounds the mean that it subtracts: at a mean of 1e4 that costs
   * it four digits.
   */
  private static double tolerance(PyTorchCase c, DType type) {
    double roundoff = type == DType.FLOAT64 ? 0x1p-53 : 0x1p-24;
    return (c.name().endsWith("mean-1e4") ? 1e4 : 64) * roundoff;
  }

  /** Fails where two arrays differ by more than the part of the largest element. */
  static void assertClose(NdArray expected, NdArray actual, double tolerance, String what) {
    assertArrayEquals(expected.shape(), actual.shape(), what);
    double[] e = expected.toDoubleArray();
    double[] a = actual.toDoubleArray();
    double largest = 1e-300;
    for (double v : e) {
      largest = Math.max(largest, Math.abs(v));
    }
    for (int i = 0; i < e.length; i++) {
      double error = Math.abs(e[i] - a[i]) / largest;
      String message =
          "%s[%d] is %s, by PyTorch %s: off by %.1e of the largest"
              .formatted(what, i, a[i], e[i], error);
      assertTrue(error <= tolerance, message);
    }
  }
}
