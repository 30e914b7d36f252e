package org.tapegrad.ops;

import static org.tapegrad.Pullback.wrt;

import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/** Elementwise choices; what is not chosen gets no gradient, not even one that is 0 · infinity. */
public final class Selection {
  private Selection() {}

  /**
   * x limited to [min, max], elementwise, max where min &gt; max; NaN stays NaN. dy/dx = 1 inside
   * and on the bounds, else 0.
   *
   * @param min minus infinity for no lower bound
   * @param max infinity for no upper bound
   */
  public static Tensor clamp(Tensor x, double min, double max) {
    NdArray array = Shapes.given("clamp", "x", x).value();
    double lower = bound("min", min, array);
    double upper = bound("max", max, array);
    return Tape.record(
        "clamp",
        new Arguments().add("min", min, null).add("max", max, null),
        array.map(v -> Math.min(Math.max(v, lower), upper)),
        wrt(x, (y, g) -> Activations.gate(g, array.map(v -> v >= lower && v <= upper ? 1 : 0))));
  }

  /** A bound as an element of x would have it, so that x may lie on it. */
  private static double bound(String name, double bound, NdArray x) {
    Checks.number("clamp", name, bound);
    return NdArray.full(x.dtype(), bound).item();
  }

  /**
   * a where the condition is not 0, else b, elementwise; all three are broadcast by NumPy's rule.
   *
   * @param condition of any element type, such as {@code x.value().greater(0)}
   */
  public static Tensor where(NdArray condition, Tensor a, Tensor b) {
    Shapes.given("where", "condition", condition);
    Checks.oneType("where", "a", a, "b", b);
    NdArray isTrue = condition.map(v -> v == 0 ? 0 : 1).to(a.dtype());
    int[] both = Shapes.broadcast("where", a.shape(), b.shape());
    int[] shape = Shapes.broadcast("where", isTrue.shape(), both);
    NdArray open = isTrue.broadcastTo(shape);
    NdArray closed = open.equal(0);
    NdArray fromA = chosen(a, open);
    NdArray fromB = chosen(b, closed);
    return Tape.record(
        "where",
        condition.describe(),
        fromA.plus(fromB),
        wrt(a, (y, g) -> Activations.gate(g, open).sumTo(a.shape())),
        wrt(b, (y, g) -> Activations.gate(g, closed).sumTo(b.shape())));
  }

  /** t where the gate is open, else -0, to which any number can be added without a change. */
  private static NdArray chosen(Tensor t, NdArray open) {
    return t.value().broadcastTo(open.shape()).zip(open, (v, o) -> o == 0 ? -0.0 : v);
  }
}
