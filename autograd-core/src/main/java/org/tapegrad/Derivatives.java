package org.tapegrad;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;

/**
 * Derivatives of plain functions on tensors. Functions map a tensor to a tensor on the same tape;
 * those that return a function can be nested, as in {@code grad(grad(f))}.
 */
public final class Derivatives {
  private Derivatives() {}

  /**
   * A function's value and its gradients.
   *
   * @param gradients one per argument, of its shape
   */
  public record ValueAndGrad(NdArray value, List<NdArray> gradients) {}

  /** The gradient of a function with one output element, itself differentiable. */
  public static Function<Tensor, Tensor> grad(Function<Tensor, Tensor> f) {
    Shapes.given("grad", "a function", f);
    return x -> {
      Tensor y = result("grad", f, Shapes.given("grad", "a tensor", x));
      return x.tape().differentiableGradient(y, x);
    };
  }

  /** The gradient of a function with one output element, at x. */
  public static NdArray grad(Function<Tensor, Tensor> f, NdArray x) {
    Shapes.given("grad", "a function", f);
    return valueAndGrad(xs -> f.apply(xs.get(0)), List.of(Shapes.given("grad", x)))
        .gradients()
        .get(0);
  }

  /** What a function returns, which must not be null. */
  private static <T> Tensor result(String op, Function<T, Tensor> f, T x) {
    return Shapes.given(op, "a tensor from the function", f.apply(x));
  }

  /** The value of a function with one output element and its gradients in all arguments. */
  public static ValueAndGrad valueAndGrad(Function<List<Tensor>, Tensor> f, List<NdArray> xs) {
    Shapes.given("valueAndGrad", "a function", f);
    Shapes.given("valueAndGrad", "a list of arrays", xs);
    Tape tape = new Tape();
    List<Tensor> variables = xs.stream().map(tape::variable).toList();
    Tensor y = result("valueAndGrad", f, variables);
    return new ValueAndGrad(y.value(), tape.gradient(y, variables));
  }

  /** The vector-Jacobian product seed · df/dx, in the shape of x; the seed has that of f(x). */
  public static NdArray vjp(Function<Tensor, Tensor> f, NdArray x, NdArray seed) {
    Shapes.given("vjp", "a function", f);
    Shapes.given("vjp", seed);
    Tape tape = new Tape();
    Tensor variable = tape.variable(x);
    Tensor y = result("vjp", f, variable);
    return tape.vjp(List.of(y), List.of(seed), List.of(variable)).get(0);
  }

  /**
   * The Jacobian-vector product df/dx · tangent, in the shape of f(x); the tangent has that of x.
   *
   * <p>The vector-Jacobian product is linear in its seed, so its own transpose is the product asked
   * for (Townsend 2017, "A new trick for calculating Jacobian vector products").
   */
  public static NdArray jvp(Function<Tensor, Tensor> f, NdArray x, NdArray tangent) {
    Shapes.given("jvp", "a function", f);
    if (!Shapes.given("jvp", tangent).isLike(Shapes.given("jvp", x))) {
      throw new ShapeException(
          "jvp: the tangent must be like x, %s, was %s"
              .formatted(x.describe(), tangent.describe()));
    }
    Tape tape = new Tape();
    Tensor variable = tape.variable(x);
    Tensor y = result("jvp", f, variable);
    Tensor seed = tape.variable(y.value().zerosLike(y.shape()));
    Tensor transposed = tape.differentiableVjp(List.of(y), List.of(seed), List.of(variable)).get(0);
    return tape.vjp(List.of(transposed), List.of(tangent), List.of(seed)).get(0);
  }

  /** The Jacobian, of shape f(x).shape + x.shape: one backward walk per output element. */
  public static NdArray jacobian(Function<Tensor, Tensor> f, NdArray x) {
    Shapes.given("jacobian", "a function", f);
    Tape tape = new Tape();
    Tensor variable = tape.variable(x);
    Tensor y = result("jacobian", f, variable);
    int outputs = y.value().size();
    int[] shape = Shapes.result("jacobian", concat(y.shape(), x.shape()));
    double[] jacobian = new double[outputs * x.size()];
    for (int i = 0; i < outputs; i++) {
      NdArray seed = y.value().zerosLike(outputs);
      seed.set(1, i);
      NdArray row =
          tape.vjp(List.of(y), List.of(seed.reshape(y.shape())), List.of(variable)).get(0);
      System.arraycopy(row.toDoubleArray(), 0, jacobian, i * x.size(), x.size());
    }
    return NdArray.of(jacobian, shape).to(x.dtype());
  }

  /** The Hessian of a function with one output element, of shape x.shape + x.shape. */
  public static NdArray hessian(Function<Tensor, Tensor> f, NdArray x) {
    return jacobian(grad(f), x);
  }

  /** The Hessian-vector product of a function with one output element, in the shape of x. */
  public static NdArray hvp(Function<Tensor, Tensor> f, NdArray x, NdArray vector) {
    return vjp(grad(f), x, vector);
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
