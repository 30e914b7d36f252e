package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.DType;
import org.tapegrad.NdArray;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.kernel.Binary;

/** The fused operation against four other ways to compute instance norm and its gradients. */
class InstanceNormFormulationsTest {
  private static final double EPS = 1e-5;
  private static final double TOLERANCE = 1e-12;

  /** A call with everything given, its output and its gradients in x, gamma and beta. */
  private record Case(NdArray x, NdArray gamma, NdArray beta, NdArray g, List<NdArray> results) {

    static Case of(DType dtype, int n, int c, int h, int w) {
      SplittableRandom random = new SplittableRandom(31 * h + w);
      NdArray x = NdArray.normal(dtype, random, 0.7, 1.3, n, c, h, w);
      NdArray gamma = NdArray.normal(dtype, random, 1, 1, c);
      NdArray beta = NdArray.normal(dtype, random, 0, 1, c);
      NdArray g = NdArray.normal(dtype, random, 0.2, 1, n, c, h, w);
      return with(x, gamma, beta, g);
    }

    static Case with(NdArray x, NdArray gamma, NdArray beta, NdArray g) {
      Tape tape = new Tape();
      List<Tensor> inputs = List.of(tape.variable(x), tape.variable(gamma), tape.variable(beta));
      Tensor y = instanceNorm2d(inputs.get(0), inputs.get(1), inputs.get(2), EPS);
      List<NdArray> gradients = tape.vjp(List.of(y), List.of(g), inputs);
      return new Case(
          x,
          gamma,
          beta,
          g,
          List.of(y.value(), gradients.get(0), gradients.get(1), gradients.get(2)));
    }

    /** Output, dx, dgamma, dbeta in this order. */
    void assertAgree(NdArray... expected) {
      for (int i = 0; i < expected.length; i++) {
        NdArray e = expected[i].reshape(results.get(i).shape());
        double scale = Math.max(1, max(e));
        assertArrayEquals(
            e.toDoubleArray(), results.get(i).toDoubleArray(), TOLERANCE * scale, "result " + i);
      }
    }
  }

  private static double max(NdArray a) {
    return a.map(Math::abs).max().item();
  }

  @ParameterizedTest
  @CsvSource({"2, 3, 4, 5", "1, 1, 1, 2", "3, 2, 37, 41"})
  void composedOfPrimitives(int n, int c, int h, int w) {
    Case fused = Case.of(DType.FLOAT64, n, c, h, w);
    Tape tape = new Tape();
    Tensor x = tape.variable(fused.x);
    Tensor gamma = tape.variable(fused.gamma);
    Tensor beta = tape.variable(fused.beta);
    Tensor centred = x.minus(x.meanKeepDims(2, 3));
    Tensor variance = centred.square().meanKeepDims(2, 3);
    Tensor y =
        centred
            .dividedBy(variance.plus(EPS).sqrt())
            .times(gamma.reshape(c, 1, 1))
            .plus(beta.reshape(c, 1, 1));
    List<NdArray> gradients = tape.vjp(List.of(y), List.of(fused.g), List.of(x, gamma, beta));
    fused.assertAgree(y.value(), gradients.get(0), gradients.get(1), gradients.get(2));
  }

  /** A: reshape to (1, N·C, H, W), repeat gamma and beta, batch-normalise, reshape back. */
  @ParameterizedTest
  @CsvSource({"2, 3, 4, 5", "3, 2, 37, 41"})
  void batchNormOfTheReshapedInput(int n, int c, int h, int w) {
    Case fused = Case.of(DType.FLOAT64, n, c, h, w);
    Tape tape = new Tape();
    Tensor x = tape.variable(fused.x);
    Tensor gamma = tape.variable(fused.gamma);
    Tensor beta = tape.variable(fused.beta);
    Tensor y =
        BatchNorm.batchNorm(
                x.reshape(1, n * c, h, w), repeated(gamma, n, c), repeated(beta, n, c), EPS)
            .reshape(n, c, h, w);
    List<NdArray> gradients = tape.vjp(List.of(y), List.of(fused.g), List.of(x, gamma, beta));
    fused.assertAgree(y.value(), gradients.get(0), gradients.get(1), gradients.get(2));
  }

  private static Tensor repeated(Tensor affine, int n, int c) {
    return affine == null ? null : affine.reshape(1, c).broadcastTo(n, c).reshape(n * c);
  }

  /** A's options: every one of them present or absent, input or running statistics. */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void batchNormOfTheReshapedInputWithItsOptions(boolean affine, boolean useInputStats) {
    int n = 2;
    int c = 3;
    double momentum = 0.3;
    Case given = Case.of(DType.FLOAT64, n, c, 4, 5);
    RunningStatistics running = RunningStatistics.initial(DType.FLOAT64, c, momentum);
    running.mean().assign(given.beta);
    RunningStatistics repeated =
        new RunningStatistics(
            repeated(Tape.inference().constant(running.mean()), n, c).value(),
            repeated(Tape.inference().constant(running.variance()), n, c).value(),
            NdArray.scalar(0),
            momentum);
    Tape tape = new Tape();
    Tensor x = tape.variable(given.x);
    Tensor gamma = affine ? tape.variable(given.gamma) : null;
    Tensor beta = affine ? tape.variable(given.beta) : null;
    Tensor fused = instanceNorm2d(x, gamma, beta, EPS, running, useInputStats);
    Tensor reshaped =
        BatchNorm.batchNorm(
                x.reshape(1, n * c, 4, 5),
                repeated(gamma, n, c),
                repeated(beta, n, c),
                EPS,
                repeated,
                useInputStats)
            .reshape(n, c, 4, 5);
    assertArrayEquals(reshaped.value().toDoubleArray(), fused.value().toDoubleArray(), TOLERANCE);
    assertArrayEquals(
        tape.vjp(List.of(reshaped), List.of(given.g), List.of(x)).get(0).toDoubleArray(),
        tape.vjp(List.of(fused), List.of(given.g), List.of(x)).get(0).toDoubleArray(),
        TOLERANCE);
    NdArray meanOfRunning = repeated.mean().reshape(n, c).sum(0).apply(Binary.DIVIDED_BY, n);
    NdArray meanOfVariance = repeated.variance().reshape(n, c).sum(0).apply(Binary.DIVIDED_BY, n);
    assertArrayEquals(meanOfRunning.toDoubleArray(), running.mean().toDoubleArray(), TOLERANCE);
    assertArrayEquals(
        meanOfVariance.toDoubleArray(), running.variance().toDoubleArray(), TOLERANCE);
  }

  /** What MXNet's backward does with each of its three outputs. */
  private enum Request {
    WRITE,
    ADD,
    NOTHING;

    NdArray apply(NdArray before, NdArray computed) {
      return switch (this) {
        case WRITE -> computed;
        case ADD -> before.plus(computed);
        case NOTHING -> before;
      };
    }
  }

  /** B: (N·C, M) views; gvar, gmean with both terms, gbeta, ggamma, gdata in this order. */
  private static NdArray[] mxnetBackward(Case c) {
    int[] shape = c.x.shape();
    int n = shape[0];
    int channels = shape[1];
    int m = shape[2] * shape[3];
    NdArray data = c.x.reshape(n * channels, m);
    NdArray gradOut = c.g.reshape(n * channels, m);
    NdArray mean = data.sum(1).apply(Binary.DIVIDED_BY, m).reshape(-1, 1);
    NdArray centred = data.minus(mean);
    NdArray var = centred.times(centred).sum(1).apply(Binary.DIVIDED_BY, m).reshape(-1, 1);
    NdArray gamma = c.gamma.reshape(1, channels).broadcastTo(n, channels).reshape(n * channels, 1);
    NdArray inverse = var.map(v -> 1 / Math.sqrt(v + EPS));
    NdArray gvar =
        gradOut
            .times(gamma)
            .times(centred)
            .sum(1)
            .reshape(-1, 1)
            .times(var.map(v -> -0.5 * Math.pow(v + EPS, -1.5)));
    NdArray gmean =
        gradOut
            .times(gamma)
            .times(inverse.map(v -> -v))
            .sum(1)
            .reshape(-1, 1)
            .plus(gvar.times(centred.map(v -> -2 * v / m).sum(1).reshape(-1, 1)));
    NdArray gbeta = swapped(gradOut, n, channels, m).sum(1, 2);
    NdArray ggamma = swapped(gradOut.times(centred).times(inverse), n, channels, m).sum(1, 2);
    NdArray gdata =
        gradOut
            .times(gamma)
            .times(inverse)
            .plus(gvar.times(centred.map(v -> 2 * v / m)))
            .plus(gmean.map(v -> v / m));
    return new NdArray[] {gdata.reshape(shape), ggamma, gbeta};
  }

  private static NdArray swapped(NdArray a, int n, int channels, int m) {
    return a.reshape(n, channels, m).transpose(1, 0, 2);
  }

  @Test
  void gradientsOfVarianceAndMeanOneAfterTheOther() {
    for (Case c :
        List.of(Case.of(DType.FLOAT64, 2, 3, 4, 5), Case.of(DType.FLOAT64, 1, 2, 37, 41))) {
      NdArray[] mxnet = mxnetBackward(c);
      c.assertAgree(c.results.get(0), mxnet[0], mxnet[1], mxnet[2]);
    }
  }

  /** Write, add and nothing for each output: here what is done with a returned gradient. */
  @Test
  void everyRequestForEveryOutput() {
    Case c = Case.of(DType.FLOAT64, 2, 3, 4, 5);
    NdArray[] mxnet = mxnetBackward(c);
    Tape tape = new Tape();
    List<Tensor> inputs =
        List.of(tape.variable(c.x), tape.variable(c.gamma), tape.variable(c.beta));
    Tensor y = instanceNorm2d(inputs.get(0), inputs.get(1), inputs.get(2), EPS);
    for (int combination = 0; combination < 27; combination++) {
      Request[] requests = {
        Request.values()[combination % 3],
        Request.values()[combination / 3 % 3],
        Request.values()[combination / 9]
      };
      List<Integer> wanted =
          List.of(0, 1, 2).stream().filter(i -> requests[i] != Request.NOTHING).toList();
      List<NdArray> ours =
          tape.vjp(List.of(y), List.of(c.g), wanted.stream().map(inputs::get).toList());
      for (int k = 0; k < wanted.size(); k++) {
        int i = wanted.get(k);
        NdArray before = mxnet[i].map(v -> v + 3);
        assertArrayEquals(
            requests[i].apply(before, mxnet[i]).toDoubleArray(),
            requests[i].apply(before, ours.get(k)).toDoubleArray(),
            1e-11,
            "combination " + combination + " output " + i);
      }
      assertEquals(wanted.size(), ours.size());
    }
  }

  /** C: the array listing with sums over H and W, float32, uniform, at its own tolerance. */
  @Test
  void arrayListingWithSumsOverHeightAndWidth() {
    SplittableRandom random = new SplittableRandom(8);
    NdArray x = NdArray.uniform(DType.FLOAT32, random, 0, 1, 4, 2, 32, 32);
    NdArray g = NdArray.uniform(DType.FLOAT32, random, 0, 1, 4, 2, 32, 32);
    Case fused = Case.with(x, NdArray.ones(DType.FLOAT32, 2), NdArray.zeros(DType.FLOAT32, 2), g);
    int m = 32 * 32;
    NdArray mean = x.sum(2, 3).apply(Binary.DIVIDED_BY, m).reshape(4, 2, 1, 1);
    NdArray centred = x.minus(mean);
    NdArray var = centred.times(centred).sum(2, 3).apply(Binary.DIVIDED_BY, m).reshape(4, 2, 1, 1);
    NdArray ivar = var.map(v -> 1 / Math.sqrt(v + EPS));
    NdArray y = centred.times(ivar);
    NdArray gvar =
        g.times(centred).times(ivar.map(v -> -0.5 * v * v * v)).sum(2, 3).reshape(4, 2, 1, 1);
    NdArray gmean =
        g.times(ivar.map(v -> -v))
            .sum(2, 3)
            .reshape(4, 2, 1, 1)
            .plus(gvar.times(centred.map(v -> -2 * v / m).sum(2, 3).reshape(4, 2, 1, 1)));
    NdArray dx =
        g.times(ivar).plus(gvar.times(centred.map(v -> 2 * v / m))).plus(gmean.map(v -> v / m));
    assertArrayEquals(y.toDoubleArray(), fused.results.get(0).toDoubleArray(), 1e-5);
    assertArrayEquals(dx.toDoubleArray(), fused.results.get(1).toDoubleArray(), 1e-5);
  }
}
