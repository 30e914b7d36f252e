package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;
import static org.tapegrad.array.Shapes.given;

import org.apache.commons.numbers.gamma.Erf;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;

/** Elementwise activation functions, with PyTorch's defaults. */
public final class Activations {
  private Activations() {}

  /** max(x, 0), elementwise; dy/dx = 1 where x &gt; 0, else 0. */
  public static Tensor relu(Tensor x) {
    return Tape.record(
        "relu", given("relu", "x", x).value().relu(), wrt(x, (y, g) -> gate(g, y.value())));
  }

  /** g where the gate is open (above 0), else 0: linear in g and its own adjoint. */
  static Tensor gate(Tensor g, NdArray open) {
    return Tape.record("gate", g.value().gate(open), wrt(g, (y, h) -> gate(h, open)));
  }

  /** x limited to [-bound, bound], with gradient 1 inside and 0 from the bounds on. */
  static Tensor limited(Tensor x, double bound) {
    NdArray outside = x.value().map(v -> Math.abs(v) < bound ? 0 : Math.signum(v) * bound);
    return gate(x, x.value().abs().negate().plus(bound)).plus(x.tape().constant(outside));
  }

  private static Tensor isPositive(Tensor t) {
    return t.tape().constant(t.value().greater(0));
  }

  /** {@link #leakyRelu(Tensor, double)} with a slope of 0.01. */
  public static Tensor leakyRelu(Tensor x) {
    return leakyRelu(x, 0.01);
  }

  /** x where x &gt; 0, else negativeSlope · x, elementwise. */
  public static Tensor leakyRelu(Tensor x, double negativeSlope) {
    return Tape.record(
        "leakyRelu",
        negativeSlope,
        given("leakyRelu", "x", x).value().map(v -> v > 0 ? v : v * negativeSlope),
        wrt(x, (y, g) -> g.times(isPositive(x).times(1 - negativeSlope).plus(negativeSlope))));
  }

  /**
   * 1 / (1 + exp(-x)), elementwise, without overflow; dy/dx = y(1 - y), and 1 - y = sigmoid(-x).
   */
  public static Tensor sigmoid(Tensor x) {
    return Tape.recordFused(
        "sigmoid",
        null,
        given("sigmoid", "x", x).value().sigmoid(),
        (g, needed) -> new NdArray[] {g.sigmoidGradient(x.value())},
        wrt(x, (y, g) -> g.times(y).times(sigmoid(x.negate()))));
  }

  /**
   * Hyperbolic tangent, elementwise; dy/dx = 1 - y², which is 4·sigmoid(2x)·sigmoid(-2x), or with e
   * = exp(-2|x|) 4e/(1 + e)²: both keep the digits of the tails.
   */
  public static Tensor tanh(Tensor x) {
    return Tape.recordFused(
        "tanh",
        null,
        given("tanh", "x", x).value().tanh(),
        (g, needed) -> new NdArray[] {g.tanhGradient(x.value())},
        wrt(
            x,
            (y, g) -> {
              Tensor twice = x.times(2);
              return g.times(4).times(sigmoid(twice)).times(sigmoid(twice.negate()));
            }));
  }

  /**
   * x·sigmoid(x), elementwise; dy/dx = s + x·s·(1 - s) with s = sigmoid(x). Beyond 1000, where the
   * product has long been 0, x is held: an infinite one has a value and a gradient as well.
   */
  public static Tensor silu(Tensor x) {
    NdArray array = given("silu", "x", x).value();
    return Tape.record(
        "silu",
        array.maximum(-1000).times(array.sigmoid()),
        wrt(
            x,
            (y, g) -> {
              Tensor s = sigmoid(x);
              return g.times(limited(x, 1000).times(sigmoid(x.negate())).times(s).plus(s));
            }));
  }

  /** {@link #elu(Tensor, double)} with alpha = 1. */
  public static Tensor elu(Tensor x) {
    return elu(x, 1);
  }

  /** x where x &gt; 0, else alpha·(exp(x) - 1), elementwise (Clevert et al. 2016). */
  public static Tensor elu(Tensor x, double alpha) {
    NdArray array = given("elu", "x", x).value();
    Checks.number("elu", "alpha", alpha);
    return Tape.record(
        "elu",
        alpha,
        array.map(v -> v > 0 ? v : alpha * Math.expm1(v)),
        wrt(
            x,
            (y, g) -> {
              NdArray curved = array.greater(0).equal(0);
              Tensor slope = gate(gate(x, curved).exp().times(alpha), curved);
              return g.times(slope.plus(isPositive(x)));
            }));
  }

  /** 1/sqrt(x), elementwise; dy/dx = -y/(2x). */
  public static Tensor rsqrt(Tensor x) {
    return Tape.record(
        "rsqrt",
        given("rsqrt", "x", x).value().map(v -> 1 / Math.sqrt(v)),
        wrt(x, (y, g) -> g.times(y).dividedBy(x.times(-2))));
  }

  /** {@link #softplus(Tensor, double, double)} with beta = 1 and threshold = 20. */
  public static Tensor softplus(Tensor x) {
    return softplus(x, 1, 20);
  }

  /**
   * log(1 + exp(beta·x)) / beta, elementwise; x itself where beta·x &gt; threshold. dy/dx =
   * sigmoid(beta·x), and 1 above the threshold.
   */
  public static Tensor softplus(Tensor x, double beta, double threshold) {
    Checks.positive("softplus", "beta", beta);
    NdArray array = given("softplus", "x", x).value();
    NdArray soft = array.times(beta).softplus().dividedBy(beta);
    NdArray value = array.zip(soft, (v, s) -> beta * v > threshold ? v : s);
    return Tape.record(
        "softplus",
        new Arguments().add("beta", beta, null).add("threshold", threshold, null),
        value,
        wrt(
            x,
            (y, g) -> {
              NdArray above = x.value().map(v -> beta * v > threshold ? 1 : 0);
              Tensor linear = x.tape().constant(above);
              Tensor curved = sigmoid(x.times(beta)).times(linear.negate().plus(1));
              return g.times(curved.plus(linear));
            }));
  }

  /**
   * The error function, elementwise; dy/dx = 2/sqrt(pi)·exp(-x²). Values by Apache Commons Numbers,
   * accurate to the last digits of float64.
   */
  public static Tensor erf(Tensor x) {
    return Tape.record(
        "erf",
        given("erf", "x", x).value().map(Erf::value),
        wrt(x, (y, g) -> g.times(x.square().negate().exp()).times(2 / Math.sqrt(Math.PI))));
  }

  /** x·Phi(x) with the normal distribution function Phi, elementwise (Hendrycks, Gimpel 2016). */
  public static Tensor gelu(Tensor x) {
    return given("gelu", "x", x).times(0.5).times(erf(x.times(Math.sqrt(0.5))).plus(1));
  }

  /**
   * The approximation x/2·(1 + tanh(sqrt(2/pi)·(x + 0.044715·x³))) of {@link #gelu}. Beyond 100 the
   * hyperbolic tangent has long been ±1, and x³ is not taken, which might overflow.
   */
  public static Tensor geluTanh(Tensor x) {
    Tensor near = limited(given("geluTanh", "x", x), 100);
    Tensor inner = near.square().times(0.044715).plus(1).times(near).times(Math.sqrt(2 / Math.PI));
    return x.times(0.5).times(tanh(inner).plus(1));
  }
}
