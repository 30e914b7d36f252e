package org.tapegrad.examples.lessons;

import static org.tapegrad.Derivatives.grad;
import static org.tapegrad.examples.lessons.book.Blackboard.check;
import static org.tapegrad.examples.lessons.book.Blackboard.show;
import static org.tapegrad.ops.Activations.rsqrt;

import java.util.function.Function;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Norms;

/**
 * Backward twice. A gradient can be right, its gradient too, and the third wrong without a word.
 */
final class Lesson10BackwardTwice {
  /** The first element of the layer norm of (-t/2, t/2), with eps = 1/4. */
  static Tensor norm(Tensor t) {
    Tensor pair = t.times(t.tape().constant(NdArray.of(-0.5, 0.5)));
    return Norms.layerNorm(pair, new int[] {2}, null, null, 0.25).slice(0, 0, 1).sum();
  }

  /** The second derivative of it, written with r. */
  static Tensor secondOf(Tensor t, Tensor r) {
    return t.times(r.pow(3))
        .times(0.375)
        .minus(t.times(r).pow(3).times(r.square()).times(3 / 32.0));
  }

  static double at(Function<Tensor, Tensor> f, double t) {
    return f.apply(new Tape().variable(NdArray.scalar(t))).item();
  }

  private Lesson10BackwardTwice() {}

  public static void main(String[] args) {
    // A walk backwards is arithmetic, and arithmetic can be recorded. `differentiableGradient`
    // walks with the pen down: the gradient of x³ becomes lines of the same tape, below the old
    // ones.

    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(2));
    Tensor y = x.times(x).times(x);
    Tensor dy = tape.differentiableGradient(y, x);
    Tensor d2y = tape.differentiableGradient(dy, x);
    System.out.println(tape);
    System.out.printf("x³ = %s, 3x² = %s, 6x = %s%n", y.item(), dy.item(), d2y.item());
    check("the derivatives of x³ at 2", dy.item() == 12 && d2y.item() == 12);
    check("and the third is 6", tape.gradient(d2y, x).item() == 6);
    show("x³, its gradient, and the gradient of that", tape.explain(d2y));

    // There is nothing to retain and nothing to free: the tape is a list, whoever still holds it
    // can ask again, and the garbage collector takes it when nobody does.
    //
    // ## Three derivatives of a norm
    //
    // Layer norm of the two numbers (-t/2, t/2) with ε = 1/4 is -t/√(1 + t²). All its derivatives
    // are known: 3t/(1 + t²)^(5/2) is the second, 3(1 - 4t²)/(1 + t²)^(7/2) the third.

    double t = 0.7;
    double second = 3 * t / Math.pow(1 + t * t, 2.5);
    double third = 3 * (1 - 4 * t * t) / Math.pow(1 + t * t, 3.5);
    double ours2 = at(grad(grad(s -> norm(s))), t);
    double ours3 = at(grad(grad(grad(s -> norm(s)))), t);
    System.out.printf("exactly  %.16f  %.16f%n", second, third);
    System.out.printf("here     %.16f  %.16f%n", ours2, ours3);
    check("the second derivative", Math.abs(ours2 - second) < 1e-14);
    check("the third derivative", Math.abs(ours3 - third) < 1e-14);

    // PyTorch 1.13 (Debian's 1.13.1+dfsg-4) prints these. Its layer_norm, instance_norm and
    // batch_norm agree with each other; group_norm, and norms composed of means, are right.

    double pytorch2 = 0.7749142079590943;
    double pytorch3 = 0.02214040594168847;
    System.out.printf("PyTorch  %.16f  %.16f%n", pytorch2, pytorch3);
    check("PyTorch's second is right", Math.abs(pytorch2 - second) < 1e-14);
    check("PyTorch's third is not", Math.abs(pytorch3 - third) > 0.7);

    // ## What went wrong
    //
    // There the backward of these norms is a kernel, and the backward of that is a formula of the
    // input and of r = 1/√(σ² + ε) *as it was saved* on the way forward. Written out, the second
    // derivative is 3/8 t r³ - 3/32 t³ r⁵, with r = 2/√(1 + t²). As a number it is right. But to
    // the third derivative a saved r is a constant, and it is none:

    Function<Tensor, Tensor> r = s -> rsqrt(s.square().times(0.25).plus(0.25));
    Function<Tensor, Tensor> saved = s -> r.apply(s).detach();
    double live = at(grad(s -> secondOf(s, r.apply(s))), t);
    double dead = at(grad(s -> secondOf(s, saved.apply(s))), t);
    System.out.printf("r from the input  %.16f%nr as saved        %.16f%n", live, dead);
    check("with r recomputed from the input it is right", Math.abs(live - third) < 1e-14);
    check("with r saved it is PyTorch's number", Math.abs(dead - pytorch3) < 1e-15);

    // So here a gradient that will be differentiated again is always computed by the formula, from
    // the input itself; the kernel is for gradients that end there. Which of the two is wanted,
    // only the engine knows, and only the engine decides.
  }
}
