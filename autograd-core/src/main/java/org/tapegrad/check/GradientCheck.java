package org.tapegrad.check;

import static org.tapegrad.array.Shapes.given;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/**
 * Checks claimed gradients against the functions they belong to, and judges by convergence: no step
 * size and no tolerance to choose.
 *
 * <p>Per direction d the function is sampled at x ± h d for twenty steps h; central differences are
 * extrapolated to h = 0 with an error estimate ({@link Richardson}), rounding noise is measured
 * ({@link NoiseFloor}), and a claim is accused only when it is off by ten times what both explain,
 * on two different ladders of steps.
 */
public final class GradientCheck {
  private GradientCheck() {}

  /** A function of three tensors. */
  @FunctionalInterface
  public interface Function3 {
    /** The value, of any shape. */
    Tensor apply(Tensor a, Tensor b, Tensor c);
  }

  /** A function of one tensor, with the gradient that the tape gives it. */
  public static TensorCheck of(Function<Tensor, Tensor> f) {
    given("of", "f", f);
    return new TensorCheck(x -> f.apply(x.get(0)), null, 1);
  }

  /** A function of two tensors. */
  public static TensorCheck of(BinaryOperator<Tensor> f) {
    given("of", "f", f);
    return new TensorCheck(x -> f.apply(x.get(0), x.get(1)), null, 2);
  }

  /** A function of three tensors. */
  public static TensorCheck of(Function3 f) {
    given("of", "f", f);
    return new TensorCheck(x -> f.apply(x.get(0), x.get(1), x.get(2)), null, 3);
  }

  /** A function of any number of tensors. */
  public static TensorCheck ofList(Function<List<Tensor>, Tensor> f) {
    return new TensorCheck(given("ofList", "f", f), null, -1);
  }

  /**
   * A computation on a tape whose variables are to be checked, such as a module's loss: {@code
   * onTape(tape -> loss).withRespectTo(parameters)}.
   */
  public static TensorCheck onTape(Function<Tape, Tensor> computation) {
    return new TensorCheck(null, given("onTape", "computation", computation), -1);
  }

  /** A function {@code R^n -> R} and its claimed gradient {@code R^n -> R^n}. */
  public static TensorCheck of(ToDoubleFunction<double[]> f, UnaryOperator<double[]> gradient) {
    given("of", "f", f);
    given("of", "gradient", gradient);
    return ofArray(
        x -> new double[] {f.applyAsDouble(x[0])},
        (x, v) -> {
          double[] g = gradient.apply(x[0]);
          if (g != null) {
            g = g.clone();
            for (int i = 0; i < g.length; i++) {
              g[i] *= v[0];
            }
          }
          return new double[][] {g};
        });
  }

  /** A function {@code R^n -> R^m} and its claimed Jacobian, m rows of n. */
  public static TensorCheck ofJacobian(
      UnaryOperator<double[]> f, Function<double[], double[][]> jacobian) {
    given("ofJacobian", "f", f);
    given("ofJacobian", "jacobian", jacobian);
    return ofPullback(
        f,
        (x, v) -> {
          double[][] rows = jacobian.apply(x);
          requireSize("the Jacobian", v.length, "rows", rows == null ? -1 : rows.length);
          double[] g = new double[x.length];
          for (int row = 0; row < rows.length; row++) {
            int length = rows[row] == null ? -1 : rows[row].length;
            requireSize("row " + row + " of the Jacobian", x.length, "elements", length);
            for (int i = 0; i < g.length; i++) {
              g[i] += v[row] * rows[row][i];
            }
          }
          return g;
        });
  }

  private static void requireSize(String what, int wanted, String unit, int size) {
    if (size != wanted) {
      throw new MisbehaviourException(
          Verdict.Fault.WRONG_SHAPE,
          "%s must have %d %s, %s"
              .formatted(what, wanted, unit, size < 0 ? "was null" : "had " + size));
    }
  }

  /**
   * A function {@code R^n -> R^m} and its claimed vector-Jacobian product {@code (x, cotangent) ->
   * R^n}.
   */
  public static TensorCheck ofPullback(
      UnaryOperator<double[]> f, BinaryOperator<double[]> pullback) {
    given("ofPullback", "f", f);
    given("ofPullback", "pullback", pullback);
    return ofArray(x -> f.apply(x[0]), (x, v) -> new double[][] {pullback.apply(x[0], v)});
  }

  /**
   * A function of several arrays {@code x[input][element]} and its claimed vector-Jacobian products
   * {@code (x, cotangent) -> gradient[input][element]}.
   */
  public static TensorCheck ofArrays(
      Function<double[][], double[]> f, BiFunction<double[][], double[], double[][]> pullback) {
    given("ofArrays", "f", f);
    given("ofArrays", "pullback", pullback);
    return new TensorCheck(new ClaimedOp(f, pullback), -1);
  }

  private static TensorCheck ofArray(
      Function<double[][], double[]> f, BiFunction<double[][], double[], double[][]> pullback) {
    return new TensorCheck(new ClaimedOp(f, pullback), 1);
  }
}
