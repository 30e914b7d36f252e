package org.tapegrad.array;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Arithmetic on shapes: sizes, axes, NumPy's broadcasting rule. */
public final class Shapes {
  /** The longest array that virtual machines make. */
  private static final int LONGEST = Integer.MAX_VALUE - 2;

  private Shapes() {}

  /** The array, which a user may not leave null. */
  public static <T> T given(String op, T array) {
    return given(op, "an array", array);
  }

  /** The argument, which a user may not leave null; messages call it {@code what}. */
  public static <T> T given(String op, String what, T argument) {
    if (argument == null) {
      throw new IllegalArgumentException(op + ": " + what + " is needed, was null");
    }
    return argument;
  }

  /** A number as short as printed tapes show it: {@code 3}, {@code 0.5} or {@code 1e-5}. */
  public static String number(double number) {
    return Double.toString(number).replaceFirst("\\.0(E|$)", "$1").replace('E', 'e');
  }

  /** A copy of a shape, which a user may not leave null. */
  static int[] copy(String op, int[] shape) {
    return given(op, "a shape", shape).clone();
  }

  /** The number of elements; an error for negative sizes and for more than 2³¹-1 elements. */
  static int size(int[] shape) {
    for (int n : shape) {
      if (n < 0) {
        throw new ShapeException("shape: sizes must be >= 0, were " + Arrays.toString(shape));
      }
    }
    double n = elements(shape);
    if (n > Integer.MAX_VALUE) {
      throw new ShapeException(
          "shape: " + Arrays.toString(shape) + " has more than 2147483647 elements");
    }
    return (int) n;
  }

  /** The number of elements, exact below 2⁵³. */
  private static double elements(int[] shape) {
    double n = 1;
    for (int size : shape) {
      n = size == 0 ? 0 : n * size;
    }
    return n;
  }

  /**
   * The shape of a result, whose sizes are computed in long.
   *
   * @throws ShapeException in the name of the operation if no array is that large
   */
  public static int[] result(String op, long... shape) {
    int[] sizes = new int[given(op, "a shape", shape).length];
    boolean fits = true;
    for (int d = 0; d < shape.length; d++) {
      sizes[d] = (int) shape[d];
      fits &= shape[d] <= LONGEST;
    }
    if (!fits || elements(sizes) > LONGEST) {
      throw tooLarge(op, Arrays.toString(shape));
    }
    return sizes;
  }

  /** The shape, refused in the name of the operation if no array is that large. */
  public static int[] result(String op, int[] shape) {
    if (elements(given(op, "a shape", shape)) > LONGEST) {
      throw tooLarge(op, Arrays.toString(shape));
    }
    return shape;
  }

  private static ShapeException tooLarge(String op, String shape) {
    return new ShapeException(
        "%s: the result would have shape %s, but arrays have at most %d elements"
            .formatted(op, shape, LONGEST));
  }

  /**
   * The axis counted from the front; -1 is the last one.
   *
   * @param op the operation that messages name
   */
  public static int axis(String op, int axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new ShapeException(op + ": axis " + axis + " is out of range for rank " + rank);
    }
    return axis < 0 ? axis + rank : axis;
  }

  /**
   * Which axes are meant: all of them if none is named, each at most once. An array of rank 0 has
   * an axis 0 or -1 of one element for whoever names it.
   */
  static boolean[] axes(String op, int[] axes, int rank) {
    boolean[] meant = new boolean[Math.max(rank, 1)];
    Arrays.fill(meant, given(op, "a list of axes", axes).length == 0);
    for (int axis : axes) {
      int a = rank == 0 && (axis == 0 || axis == -1) ? 0 : axis(op, axis, rank);
      if (meant[a]) {
        throw new ShapeException(op + ": axis " + axis + " is named twice");
      }
      meant[a] = true;
    }
    return Arrays.copyOf(meant, rank);
  }

  /** Named axes in words, {@code axis 1} or {@code axes [0, 2]}; nothing where none is named. */
  public static String describe(int... axes) {
    return given("describe", "a list of axes", axes).length == 0
        ? ""
        : axes.length == 1 ? "axis " + axes[0] : "axes " + Arrays.toString(axes);
  }

  /** The shape with the named axes removed, or kept with size 1. */
  static int[] reduced(int[] shape, boolean[] axes, boolean keepAxes) {
    return IntStream.range(0, shape.length)
        .filter(d -> keepAxes || !axes[d])
        .map(d -> axes[d] ? 1 : shape[d])
        .toArray();
  }

  /** The shape with the named axes at size 1, all of them if none is named. */
  public static int[] keepDims(String op, int[] shape, int... axes) {
    return reduced(shape, axes(op, axes, given(op, "a shape", shape).length), true);
  }

  /** The shape without the named axes, all of them if none is named. */
  public static int[] dropped(String op, int[] shape, int... axes) {
    return reduced(shape, axes(op, axes, given(op, "a shape", shape).length), false);
  }

  /** The common shape of two arrays by NumPy's rule: aligned at the end, 1 stretches. */
  public static int[] broadcast(String op, int[] a, int[] b) {
    int rank = Math.max(given(op, "a shape", a).length, given(op, "a shape", b).length);
    int[] shape = new int[rank];
    for (int d = 1; d <= rank; d++) {
      int ea = d <= a.length ? a[a.length - d] : 1;
      int eb = d <= b.length ? b[b.length - d] : 1;
      if (ea != eb && ea != 1 && eb != 1) {
        throw new ShapeException(
            op
                + ": shapes "
                + Arrays.toString(a)
                + " and "
                + Arrays.toString(b)
                + " do not broadcast: sizes "
                + ea
                + " and "
                + eb
                + " meet");
      }
      shape[rank - d] = ea == 1 ? eb : ea;
    }
    return result(op, shape);
  }

  /** Whether an array of shape {@code from} can be stretched to {@code to}. */
  static boolean broadcastable(int[] from, int[] to) {
    if (from.length > to.length) {
      return false;
    }
    for (int d = 1; d <= from.length; d++) {
      if (from[from.length - d] != 1 && from[from.length - d] != to[to.length - d]) {
        return false;
      }
    }
    return true;
  }

  /** A matrix product's shape without the axes that operands of rank 1 were given for it. */
  public static int[] ofProduct(int[] shape, int firstRank, int secondRank) {
    int rows = given("matmul", "a shape", shape).length - 2;
    return IntStream.range(0, shape.length)
        .filter(d -> d < rows || (d == rows ? firstRank : secondRank) > 1)
        .map(d -> shape[d])
        .toArray();
  }

  /** The strides with which a dense array of shape {@code from} is read as shape {@code to}. */
  static int[] broadcastStrides(int[] from, int[] to) {
    int[] strides = new int[to.length];
    int step = 1;
    for (int d = 1; d <= from.length; d++) {
      strides[to.length - d] = from[from.length - d] == 1 ? 0 : step;
      step *= from[from.length - d];
    }
    return strides;
  }

  /** The axes along which broadcasting from one shape to the other repeats elements. */
  static int[] stretchedAxes(int[] from, int[] to) {
    int added = to.length - from.length;
    return IntStream.range(0, to.length)
        .filter(d -> d < added || (from[d - added] == 1 && to[d] != 1))
        .toArray();
  }

  /** A shape in which one size may be -1, which is then derived from the number of elements. */
  static int[] resolve(int[] shape, int size, int[] from) {
    int unknown = -1;
    long known = 1;
    for (int d = 0; d < given("reshape", "a shape", shape).length; d++) {
      if (shape[d] == -1 && unknown < 0) {
        unknown = d;
      } else {
        known *= shape[d];
      }
    }
    int[] resolved = shape.clone();
    if (unknown >= 0 && known > 0 && size % known == 0) {
      resolved[unknown] = (int) (size / known);
    }
    if (Arrays.stream(resolved).anyMatch(e -> e < 0) || elements(resolved) != size) {
      throw new ShapeException(
          "reshape: "
              + Arrays.toString(from)
              + " has "
              + size
              + " elements and cannot become "
              + Arrays.toString(shape));
    }
    return resolved;
  }

  /** The inverse of a permutation of axes, -1 being the last; an error if it is none. */
  public static int[] inverse(int[] permutation, int rank) {
    int[] inverse = new int[Math.max(rank, 0)];
    Arrays.fill(inverse, -1);
    boolean valid = given("transpose", "an order of axes", permutation).length == rank;
    for (int d = 0; valid && d < rank; d++) {
      int p = permutation[d] < 0 ? permutation[d] + rank : permutation[d];
      valid = p >= 0 && p < rank && inverse[p] < 0;
      if (valid) {
        inverse[p] = d;
      }
    }
    if (!valid) {
      throw new ShapeException(
          "transpose: " + Arrays.toString(permutation) + " is no permutation of " + rank + " axes");
    }
    return inverse;
  }
}
