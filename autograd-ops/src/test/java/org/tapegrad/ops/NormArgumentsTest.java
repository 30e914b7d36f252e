package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** What a printed tape says a norm was called with. */
class NormArgumentsTest {
  private final Tape tape = new Tape();

  private Tensor zeros(int... shape) {
    return tape.variable(NdArray.zeros(DType.FLOAT64, shape));
  }

  private String lastLine() {
    List<String> lines = tape.toString().lines().toList();
    return lines.get(lines.size() - 1);
  }

  private void assertShown(String expected, Tensor y) {
    assertEquals("v%d = %s : float64[2, 4, 3, 5]".formatted(tape.size() - 1, expected), lastLine());
    assertEquals(4, y.rank());
  }

  @Test
  void groupsAxesAndEps() {
    Tensor x = zeros(2, 4, 3, 5);
    Tensor gamma = zeros(4);
    Tensor beta = zeros(4);
    Tensor image = zeros(3, 5);
    Tensor row = zeros(5);
    assertShown("instanceNorm2d(v0, v1, eps 1e-5)", InstanceNorm.instanceNorm2d(x, gamma, null));
    assertShown("batchNorm(v0, v2, eps 0.5)", Norms.batchNorm(x, null, beta, 0.5));
    assertShown(
        "groupNorm(v0, v1, v2, 2 groups, eps 1e-5)", Norms.groupNorm(x, 2, gamma, beta, 1e-5));
    assertShown(
        "layerNorm(v0, v3, last 2 axes, eps 1e-5)",
        Norms.layerNorm(x, new int[] {3, 5}, image, null, 1e-5));
    assertShown("rmsNorm(v0, v4, last axis, eps 1e-6)", Norms.rmsNorm(x, new int[] {5}, row, 1e-6));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 3", "1e-5, 1e-5", "1.05e-5, 1.05e-5", "0.001, 0.001", "1e12, 1e12"})
  void epsAsOneWouldWriteIt(double eps, String shown) {
    assertShown(
        "batchNorm(v0, eps " + shown + ")", Norms.batchNorm(zeros(2, 4, 3, 5), null, null, eps));
  }
}
