package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Report;
import org.tapegrad.check.Verdict;

/** Whole networks, checked with respect to all their parameters and to their input. */
class ModuleGradientTest {
  private final SplittableRandom random = new SplittableRandom(3);
  private final NdArray image = NdArray.normal(DType.FLOAT64, random, 0, 1, 2, 2, 5, 5);
  private final NdArray target = NdArray.normal(DType.FLOAT64, random, 0, 1, 2, 3, 5, 5);

  private Sequential network(Module activation) {
    Conv2d.Options padded = Conv2d.Options.DEFAULT.withPadding(1, Conv2d.PaddingMode.REFLECT);
    InstanceNorm2d.Options tracking = new InstanceNorm2d.Options(1e-3, 0.1, true, true);
    Sequential network =
        new Sequential(
            new Conv2d(DType.FLOAT64, random, 2, 3, 3, padded),
            new InstanceNorm2d(DType.FLOAT64, 3, tracking),
            activation,
            new Conv2d(DType.FLOAT64, random, 3, 3, 3, padded));
    for (Parameter p : network.parameters()) {
      p.value().assign(NdArray.normal(DType.FLOAT64, random, 0.2, 1, p.value().shape()));
    }
    return network;
  }

  private Tensor loss(Module network, Tape tape) {
    return network.forward(tape.constant(image)).minus(tape.constant(target)).square().mean();
  }

  private static Map<String, NdArray> copy(Map<String, NdArray> state) {
    Map<String, NdArray> copy = new TreeMap<>();
    state.forEach((name, array) -> copy.put(name, array.copy()));
    return copy;
  }

  @Test
  void parametersOfANetworkAndItsStateIsUntouched() {
    Sequential network = network(Lambda.leakyRelu(0.2));
    Map<String, NdArray> before = copy(network.state());
    Report report =
        GradientCheck.onTape(tape -> loss(network, tape))
            .withRespectTo(network.parameters())
            .restoring(network.state().values())
            .assertCorrect();
    assertEquals(before, copy(network.state()));
    assertTrue(before.size() > network.parameters().size(), "running statistics are there");
    assertTrue(((Verdict.Correct) report.verdict()).digits() > 6, report.toString());
  }

  @Test
  void theInputOfANetworkAndItsRunningStatistics() {
    Sequential network = network(Lambda.leakyRelu(0.2));
    Map<String, NdArray> before = copy(network.state());
    GradientCheck.of(network::forward)
        .restoring(new ArrayList<>(network.state().values()))
        .at(image)
        .assertCorrect();
    assertEquals(before, copy(network.state()));
  }

  @Test
  void aWrongLayerInTheMiddleShowsInTheParametersBeforeIt() {
    Lambda wrong =
        new Lambda(
            "wrong sine",
            x ->
                Tape.record(
                    "wrong",
                    x.value().map(Math::sin),
                    Pullback.wrt(x, (y, g) -> g.times(x.cos()).times(1.001))));
    Sequential network = network(wrong);
    Report report =
        GradientCheck.onTape(tape -> loss(network, tape))
            .withRespectTo(network.parameters())
            .orders(1)
            .report();
    Verdict.Wrong verdict =
        assertInstanceOf(Verdict.Wrong.class, report.verdict(), report::toString);
    assertEquals(0.001, verdict.relativeError(), 1e-5);
    List<String> right =
        report.lines().stream()
            .filter(line -> line.outcome().equals("agrees"))
            .map(Report.Line::input)
            .toList();
    assertEquals(List.of("3.weight", "3.bias"), right, report::toString);
  }
}
