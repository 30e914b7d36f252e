package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.tapegrad.ops.InstanceNorm.instanceNorm2d;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

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

  /** A, with every option present or absent, input or running statistics. */
  @ParameterizedTest
  @CsvSource({"2, 3, 4, 5, 1e-5, 0.1", "1, 1, 1, 2, 0.5, 0", "3, 2, 37, 41, 0.25, 1"})
  void batchNormOfTheReshapedInput(int n, int c, int h, int w, double eps, double momentum) {
    Case given = Case.of(DType.FLOAT64, n, c, h, w);
    for (int options = 0; options < 16; options++) {
      NdArray gamma = (options & 1) == 0 ? null : given.gamma;
      NdArray beta = (options & 2) == 0 ? null : given.beta;
      RunningStatistics running = (options & 4) == 0 ? null : running(c, momentum);
      boolean useInputStats = (options & 8) == 0;
      if (running != null || useInputStats) {
        assertIsReshapedBatchNorm(given, gamma, beta, running, useInputStats, eps);
      }
    }
  }

  private static RunningStatistics running(int c, double momentum) {
    SplittableRandom random = new SplittableRandom(c);
    return new RunningStatistics(
        NdArray.normal(DType.FLOAT64, random, 0, 1, c),
        NdArray.uniform(DType.FLOAT64, random, 0.5, 2, c),
        NdArray.scalar(0),
        momentum);
  }

  private static void assertIsReshapedBatchNorm(
      Case given,
      NdArray gamma,
      NdArray beta,
      RunningStatistics running,
      boolean useInputStats,
      double eps) {
    ReshapedBatchNorm expected =
        new ReshapedBatchNorm(given.x, given.g, gamma, beta, running, useInputStats, eps);
    Tape tape = new Tape();
    Tensor x = tape.variable(given.x);
    Tensor scale = gamma == null ? null : tape.variable(gamma);
    Tensor shift = beta == null ? null : tape.variable(beta);
    Tensor y = instanceNorm2d(x, scale, shift, eps, running, useInputStats);
    assertClose(expected.y, y.value(), "y");
    assertClose(expected.dx, gradient(y, given.g, x), "dx");
    if (gamma != null) {
      assertClose(expected.dgamma, gradient(y, given.g, scale), "dgamma");
    }
    if (beta != null) {
      assertClose(expected.dbeta, gradient(y, given.g, shift), "dbeta");
    }
    if (running != null) {
      assertClose(expected.runningMean, running.mean(), "running mean");
      assertClose(expected.runningVariance, running.variance(), "running variance");
    }
  }

  private static NdArray gradient(Tensor y, NdArray g, Tensor target) {
    return y.tape().vjp(List.of(y), List.of(g), List.of(target)).get(0);
  }

  private static void assertClose(double[] expected, NdArray actual, String what) {
    double scale = Math.max(1, max(NdArray.of(expected, expected.length)));
    assertArrayEquals(expected, actual.toDoubleArray(), TOLERANCE * scale, what);
  }

  /** B: (N·C, M) views; gvar, gmean with both terms, gbeta, ggamma, gdata in this order. */
  private static NdArray[] mxnetBackward(Case c) {
    int[] shape = c.x.shape();
    int n = shape[0];
    int channels = shape[1];
    int m = shape[2] * shape[3];
    NdArray data = c.x.reshape(n * channels, m);
    NdArray gradOut = c.g.reshape(n * channels, m);
    NdArray mean = data.sum(1).dividedBy(m).reshape(-1, 1);
    NdArray centred = data.minus(mean);
    NdArray var = centred.times(centred).sum(1).dividedBy(m).reshape(-1, 1);
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

  /** What MXNet's backward is asked to do with each of its three outputs. */
  private enum Request {
    WRITE,
    ADD,
    NOTHING
  }

  /**
   * Write, add and nothing for each output. Here nothing is a constant input, and what the gradient
   * is added to comes from a second use of the input, whose gradient is {@code before}.
   */
  @Test
  void everyRequestForEveryOutput() {
    Case c = Case.of(DType.FLOAT64, 2, 3, 4, 5);
    List<NdArray> arrays = List.of(c.x, c.gamma, c.beta);
    NdArray[] mxnet = mxnetBackward(c);
    for (int combination = 0; combination < 27; combination++) {
      Tape tape = new Tape();
      List<Tensor> inputs = new ArrayList<>();
      List<Tensor> outputs = new ArrayList<>();
      List<NdArray> cotangents = new ArrayList<>();
      List<Tensor> wanted = new ArrayList<>();
      List<NdArray> expected = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Request request = Request.values()[combination / new int[] {1, 3, 9}[i] % 3];
        NdArray array = arrays.get(i);
        if (request == Request.NOTHING) {
          inputs.add(tape.constant(array));
          continue;
        }
        Tensor input = tape.variable(array);
        inputs.add(input);
        wanted.add(input);
        NdArray before = array.map(v -> 3 - v);
        if (request == Request.ADD) {
          outputs.add(input.times(tape.constant(before)));
          cotangents.add(NdArray.ones(DType.FLOAT64, array.shape()));
        }
        expected.add(request == Request.ADD ? before.plus(mxnet[i]) : mxnet[i]);
      }
      outputs.add(instanceNorm2d(inputs.get(0), inputs.get(1), inputs.get(2), EPS));
      cotangents.add(c.g);
      List<NdArray> gradients = tape.vjp(outputs, cotangents, wanted);
      for (int k = 0; k < wanted.size(); k++) {
        assertClose(
            expected.get(k).toDoubleArray(), gradients.get(k), combination + " output " + k);
      }
    }
  }

  /** C: the array listing with sums over H and W, uniform inputs; in float32 its own tolerance. */
  @ParameterizedTest
  @CsvSource({"FLOAT32, 1e-5", "FLOAT64, 1e-12"})
  void arrayListingWithSumsOverHeightAndWidth(DType dtype, double tolerance) {
    SplittableRandom random = new SplittableRandom(8);
    NdArray x = NdArray.uniform(dtype, random, 0, 1, 4, 2, 32, 32);
    NdArray g = NdArray.uniform(dtype, random, 0, 1, 4, 2, 32, 32);
    Case fused = Case.with(x, NdArray.ones(dtype, 2), NdArray.zeros(dtype, 2), g);
    int m = 32 * 32;
    NdArray mean = x.sum(2, 3).dividedBy(m).reshape(4, 2, 1, 1);
    NdArray centred = x.minus(mean);
    NdArray var = centred.times(centred).sum(2, 3).dividedBy(m).reshape(4, 2, 1, 1);
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
    assertArrayEquals(y.toDoubleArray(), fused.results.get(0).toDoubleArray(), tolerance);
    assertArrayEquals(dx.toDoubleArray(), fused.results.get(1).toDoubleArray(), tolerance);
  }
}
