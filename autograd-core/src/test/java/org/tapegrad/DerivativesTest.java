package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;

/** Derivatives of plain functions against their closed forms. */
class DerivativesTest {
  private final SplittableRandom random = new SplittableRandom(3);

  private NdArray normal(int... shape) {
    return NdArray.normal(DType.FLOAT64, random, 0, 1, shape);
  }

  private static void assertClose(NdArray expected, NdArray actual) {
    assertArrayEquals(expected.shape(), actual.shape());
    assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-12);
  }

  @Test
  void gradOfGrad() {
    Function<Tensor, Tensor> f = x -> x.pow(5);
    NdArray x = NdArray.scalar(2);
    assertEquals(80, Derivatives.grad(f, x).item());
    Function<Tensor, Tensor> third = Derivatives.grad(Derivatives.grad(Derivatives.grad(f)));
    assertEquals(60 * 4, third.apply(new Tape().variable(x)).item());
    assertEquals(120 * 2, Derivatives.grad(third, x).item());
  }

  @Test
  void valueAndGradOfSeveralArguments() {
    NdArray a = normal(2, 3);
    NdArray b = normal(3, 4);
    Derivatives.ValueAndGrad result =
        Derivatives.valueAndGrad(xs -> xs.get(0).matmul(xs.get(1)).sum(), List.of(a, b));
    assertEquals(a.matmul(b).sum().item(), result.value().item(), 1e-14);
    assertClose(b.sum(1).broadcastTo(2, 3), result.gradients().get(0));
    assertClose(a.sum(0).reshape(3, 1).broadcastTo(3, 4), result.gradients().get(1));
  }

  /** f(x) = A·x has the Jacobian A. */
  @ParameterizedTest
  @EnumSource
  void linearMap(DType dtype) {
    NdArray a = normal(3, 2).to(dtype);
    NdArray x = normal(2, 1).to(dtype);
    Function<Tensor, Tensor> f = t -> t.tape().constant(a).matmul(t).reshape(3);
    assertEquals(a.reshape(3, 2, 1), Derivatives.jacobian(f, x));
    NdArray seed = normal(3).to(dtype);
    NdArray tangent = normal(2, 1).to(dtype);
    double epsilon = 8 * dtype.epsilon();
    assertArrayEquals(
        a.transpose().matmul(seed.reshape(3, 1)).toDoubleArray(),
        Derivatives.vjp(f, x, seed).toDoubleArray(),
        epsilon);
    assertArrayEquals(
        a.matmul(tangent).toDoubleArray(), Derivatives.jvp(f, x, tangent).toDoubleArray(), epsilon);
  }

  /** f(x, y) = (x² y, 5 x + sin y), at (2, 3). */
  @Test
  void jacobianByHand() {
    Function<Tensor, Tensor> f =
        v -> {
          Tensor x = v.slice(0, 0, 1);
          Tensor y = v.slice(0, 1, 2);
          return x.square().times(y).pad(0, 0, 1).plus(x.times(5).plus(y.sin()).pad(0, 1, 0));
        };
    NdArray at = NdArray.of(new double[] {2, 3}, 2);
    NdArray expected = NdArray.of(new double[] {12, 4, 5, Math.cos(3)}, 2, 2);
    assertClose(expected, Derivatives.jacobian(f, at));
    for (int i = 0; i < 2; i++) {
      NdArray unit = NdArray.zeros(DType.FLOAT64, 2);
      unit.set(1, i);
      assertClose(expected.slice(0, i, i + 1).reshape(2), Derivatives.vjp(f, at, unit));
      assertClose(expected.slice(1, i, i + 1).reshape(2), Derivatives.jvp(f, at, unit));
    }
  }

  /** f(x) = ½ xᵀ A x with symmetric A has the Hessian A. */
  @Test
  void hessianOfAQuadraticForm() {
    NdArray half = normal(4, 4);
    NdArray a = half.plus(half.transpose());
    Function<Tensor, Tensor> f =
        x -> {
          Tensor row = x.reshape(1, 4);
          return row.matmul(x.tape().constant(a)).matmul(row.transpose()).sum().times(0.5);
        };
    NdArray x = normal(4);
    assertClose(a, Derivatives.hessian(f, x));
    NdArray v = normal(4);
    assertClose(a.matmul(v.reshape(4, 1)).reshape(4), Derivatives.hvp(f, x, v));
  }

  /** The Rosenbrock function, whose Hessian every text has. */
  @Test
  void hessianOfRosenbrock() {
    Function<Tensor, Tensor> f =
        v -> {
          Tensor x = v.slice(0, 0, 1);
          Tensor y = v.slice(0, 1, 2);
          return x.negate().plus(1).square().plus(y.minus(x.square()).square().times(100)).sum();
        };
    double x = -1.2;
    double y = 1;
    NdArray at = NdArray.of(new double[] {x, y}, 2);
    NdArray expected =
        NdArray.of(new double[] {2 - 400 * y + 1200 * x * x, -400 * x, -400 * x, 200}, 2, 2);
    assertClose(expected, Derivatives.hessian(f, at));
    assertArrayEquals(new double[] {-215.6, -88}, Derivatives.grad(f, at).toDoubleArray(), 1e-12);
  }

  @Test
  void shapesOfJacobians() {
    NdArray x = normal(2, 3);
    assertArrayEquals(new int[] {2, 3}, Derivatives.jacobian(Tensor::sum, x).shape());
    assertArrayEquals(new int[] {3, 2, 2, 3}, Derivatives.jacobian(Tensor::transpose, x).shape());
    assertArrayEquals(
        new int[] {2, 3, 2, 3}, Derivatives.hessian(t -> t.square().sum(), x).shape());
    assertArrayEquals(
        new int[] {0, 2, 0}, Derivatives.jacobian(t -> t.sum(0), normal(2, 0)).shape());
  }

  @Test
  void functionsThatDoNotDependOnTheirArgument() {
    Function<Tensor, Tensor> f = t -> t.tape().constant(NdArray.ones(DType.FLOAT64, 2));
    NdArray x = normal(3);
    assertClose(NdArray.zeros(DType.FLOAT64, 2, 3), Derivatives.jacobian(f, x));
    assertClose(NdArray.zeros(DType.FLOAT64, 2), Derivatives.jvp(f, x, normal(3)));
    assertClose(NdArray.zeros(DType.FLOAT64, 3, 3), Derivatives.hessian(t -> t.sum(), x));
  }

  @Test
  void misuseIsNamed() {
    NdArray x = normal(3);
    assertMessage(
        "gradient: needs a tensor of one element, was float64[3]; reduce it with sum() or mean(),"
            + " or give a seed to vjp()",
        () -> Derivatives.grad(t -> t, x));
    assertMessage(
        "vjp: the seed of an output float64[3] must be alike, was float64[2]",
        () -> Derivatives.vjp(t -> t, x, normal(2)));
    assertMessage(
        "jvp: the tangent must be like x, float64[3], was float64[2]",
        () -> Derivatives.jvp(t -> t.sum(), x, normal(2)));
  }

  private static void assertMessage(String message, Runnable call) {
    assertEquals(message, assertThrows(ShapeException.class, call::run).getMessage());
  }
}
