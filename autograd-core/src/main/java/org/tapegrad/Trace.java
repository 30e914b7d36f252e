package org.tapegrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.kernel.Allocator;

/**
 * A walk backwards that keeps what it meets, and finds out how large the parts were of which each
 * gradient is the sum.
 *
 * <p>A line hands on x̄ = Jᵀg. The parts that x̄[i] is the sum of are J[k, i]·g[k], of which only
 * the sum is seen; but Jᵀ(s·g) with random signs s has their root sum of squares as its standard
 * deviation. Rounding leaves of a sum of n parts at most about eps·Σ|part| ≤ eps·√n·rss(parts), by
 * Cauchy and Schwarz; what g itself owes to rounding is handed on in the same way. So a gradient
 * that is not above a few eps·{@code parts}, where parts = √n·|g| and those of g, handed on with
 * random signs, is nothing but rounding; and where the parts are 0, nothing was handed on at all.
 */
final class Trace extends Backward {
  /**
   * Tries with random signs: that all of them are too small by a factor of 5 happens once in 1500.
   */
  private static final int TRIES = 4;

  /** Roundings of each part, in units of eps. */
  private static final double ROUNDINGS = 4;

  /**
   * What one line handed to one of its inputs.
   *
   * @param isZero whether it is zero or what rounding left of a zero
   * @param parts how large the largest part is of what was handed on, though the sum may be zero
   */
  record Handed(int from, int slot, int to, NdArray gradient, boolean isZero, double parts) {}

  final Tensor y;

  /** By the line that received it, in the order of the walk. */
  private final List<List<Handed>> received = new ArrayList<>();

  private final NdArray[] parts;
  private final boolean[] zero;

  /** What the line that is visited hands to each of its inputs. */
  private NdArray[] gradientOf;

  /** The same with random signs, the largest of all tries; null while there are none. */
  private NdArray[] partsOf;

  Trace(List<Node> nodes, Tensor y, Tensor seed) {
    super(nodes, false, new Recycler(Allocator.HEAP, false), all(y.index() + 1));
    this.y = y;
    parts = new NdArray[y.index() + 1];
    zero = new boolean[y.index() + 1];
    for (int i = 0; i <= y.index(); i++) {
      received.add(new ArrayList<>());
    }
    if (!y.isConstant()) {
      add(y.index(), seed);
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = y.index(); i >= 0; i--) {
      if (gradients[i] != null) {
        visit(nodes.get(i), random);
      }
    }
  }

  private static boolean[] all(int n) {
    boolean[] needed = new boolean[n];
    Arrays.fill(needed, true);
    return needed;
  }

  private void visit(Node node, SplittableRandom random) {
    Pullback[] inputs = node.pullbacks();
    int from = node.output().index();
    gradientOf = new NdArray[inputs.length];
    partsOf = null;
    handOn(node, gradients[from]);
    partsOf = new NdArray[inputs.length];
    NdArray weights = weights(from);
    zero[from] = isRounding(gradient(from), parts[from]);
    for (int i = 0; i < TRIES && inputs.length > 0 && weights.isFinite(); i++) {
      NdArray signs = NdArray.uniform(weights.dtype(), random, -1, 1, weights.shape()).sign();
      handOn(node, node.output().tape().constant(weights.times(signs)));
    }
    for (int slot = 0; slot < inputs.length; slot++) {
      NdArray x = gradientOf[slot];
      if (x != null) {
        NdArray p = partsOf[slot] == null ? x.zerosLike(x.shape()) : partsOf[slot];
        int to = inputs[slot].input().index();
        received.get(to).add(new Handed(from, slot, to, x, isRounding(x, p), largest(p)));
        NdArray both = p.plus(x.abs());
        parts[to] = parts[to] == null ? both : parts[to].plus(both);
      }
    }
  }

  /** √n·|g| and the parts of g. */
  private NdArray weights(int line) {
    NdArray g = gradients[line].value();
    NdArray weights = g.abs().times(Math.sqrt(g.size()));
    return parts[line] == null ? weights : weights.plus(parts[line]);
  }

  @Override
  void accept(Node node, int slot, Tensor input, Tensor gradient) {
    if (partsOf == null) {
      super.accept(node, slot, input, gradient);
      gradientOf[slot] = gradient.value();
    } else {
      NdArray size = gradient.value().abs();
      partsOf[slot] = partsOf[slot] == null ? size : partsOf[slot].maximum(size);
    }
  }

  /** The gradient of a line, or null. */
  NdArray gradient(int line) {
    return line < parts.length && gradients[line] != null ? gradients[line].value() : null;
  }

  /** What a line received, from the last one to the first. */
  List<Handed> received(int line) {
    return line < parts.length ? received.get(line) : List.of();
  }

  /** Whether the gradient of a line is zero or what rounding left of a zero. */
  boolean isZero(int line) {
    return zero[line];
  }

  private static boolean isRounding(NdArray gradient, NdArray parts) {
    double bound = parts == null ? 0 : ROUNDINGS * parts.dtype().epsilon() * largest(parts);
    return largest(gradient) <= bound;
  }

  /** Below this a type loses digits, and at last the number. */
  static double leastNormal(NdArray array) {
    return array.dtype() == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
  }

  static double largest(NdArray array) {
    return array.size() == 0 ? 0 : array.abs().max().item();
  }
}
