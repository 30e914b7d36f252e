package org.tapegrad.array;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.tapegrad.kernel.Allocator;
import org.tapegrad.kernel.Binary;
import org.tapegrad.kernel.Kernels;
import org.tapegrad.kernel.Parallel;
import org.tapegrad.kernel.Unary;

/**
 * A dense, row-major array of float64 or float32 of any rank; axes may have size 0.
 *
 * <p>Operations return new arrays and leave their operands alone; {@link #reshape} alone shares its
 * elements. Two operands are broadcast by NumPy's rule and must have one element type. Only {@link
 * #set}, {@link #assign} and {@link #writableData} change an array, and a tape that has recorded it
 * notices.
 */
public final class NdArray {
  final Storage storage;
  final int[] shape;
  private final DType dtype;
  private final int size;

  NdArray(DType dtype, int[] shape, Allocator allocator, boolean zeroed) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = Shapes.size(shape);
    this.storage =
        new Storage(allocator.allocate(dtype.kernels().memory(), size, zeroed), allocator);
  }

  NdArray(DType dtype, int[] shape, Storage storage) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = Shapes.size(shape);
    this.storage = storage;
  }

  private static NdArray wrap(DType dtype, Object array, int length, int... shape) {
    if (Shapes.size(Shapes.given("of", "a shape", shape)) != length) {
      throw new ShapeException("of: " + length + " values do not fill " + Arrays.toString(shape));
    }
    return new NdArray(dtype, shape.clone(), new Storage(array, Allocator.HEAP));
  }

  /** A float64 vector: {@code NdArray.of(1, 2, 3)} has shape [3]. */
  public static NdArray of(double first, double... others) {
    double[] values = new double[Shapes.given("of", others).length + 1];
    values[0] = first;
    System.arraycopy(others, 0, values, 1, others.length);
    return of(values, values.length);
  }

  /** A float64 array of the given shape with a copy of the values in row-major order. */
  public static NdArray of(double[] values, int... shape) {
    return wrap(DType.FLOAT64, Shapes.given("of", values).clone(), values.length, shape);
  }

  /** A float32 array of the given shape with a copy of the values in row-major order. */
  public static NdArray of(float[] values, int... shape) {
    return wrap(DType.FLOAT32, Shapes.given("of", values).clone(), values.length, shape);
  }

  /** A float64 array [rows, columns] that shares the matrix's elements; a tape takes a copy. */
  public static NdArray of(DMatrixRMaj m) {
    Shapes.given("of", m);
    return shared(wrap(DType.FLOAT64, m.data, m.getNumElements(), m.numRows, m.numCols));
  }

  /** A float32 array [rows, columns] that shares the matrix's elements; a tape takes a copy. */
  public static NdArray of(FMatrixRMaj m) {
    Shapes.given("of", m);
    return shared(wrap(DType.FLOAT32, m.data, m.getNumElements(), m.numRows, m.numCols));
  }

  private static NdArray shared(NdArray array) {
    array.storage.share();
    return array;
  }

  /** A float64 array of rank 0. */
  public static NdArray scalar(double value) {
    return full(DType.FLOAT64, value);
  }

  /** An array of zeros. */
  public static NdArray zeros(DType dtype, int... shape) {
    return new NdArray(
        Shapes.given("zeros", "a type", dtype), Shapes.copy("zeros", shape), Allocator.HEAP, true);
  }

  /** An array of ones. */
  public static NdArray ones(DType dtype, int... shape) {
    return full(dtype, 1, shape);
  }

  /** An array of one value. */
  public static NdArray full(DType dtype, double value, int... shape) {
    NdArray a = zeros(dtype, shape);
    dtype.kernels().memory().fill(a.storage.read(), 0, a.size, value);
    return a;
  }

  /** Values drawn from the uniform distribution over [low, high), in row-major order. */
  public static NdArray uniform(
      DType dtype, RandomGenerator random, double low, double high, int... shape) {
    if (!(low < high) || high - low == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("uniform: [" + low + ", " + high + ") is no range");
    }
    Shapes.given("uniform", "a generator", random);
    double below = dtype == DType.FLOAT32 ? Math.nextDown((float) high) : Math.nextDown(high);
    return zeros(dtype, shape).map(v -> Math.min(low + (high - low) * random.nextDouble(), below));
  }

  /** Values drawn from the normal distribution, in row-major order. */
  public static NdArray normal(
      DType dtype, RandomGenerator random, double mean, double deviation, int... shape) {
    Shapes.given("normal", "a generator", random);
    return zeros(dtype, shape).map(v -> mean + deviation * random.nextGaussian());
  }

  /** An array of this one's element type, all zero. */
  public NdArray zerosLike(int... shape) {
    return new NdArray(dtype, Shapes.copy("zerosLike", shape), storage.allocator, true);
  }

  /** An array of this one's element type and any content, for an operation that fills it. */
  public NdArray emptyLike(int... shape) {
    return new NdArray(dtype, Shapes.copy("emptyLike", shape), storage.allocator, false);
  }

  /**
   * The same elements, such that results computed from them come from another place; a copy if they
   * are shared with a matrix, whose changes nobody would notice.
   */
  @SuppressWarnings("exports") // for our own modules
  public NdArray allocatingFrom(Allocator allocator) {
    return storage.isShared()
        ? copy().allocatingFrom(allocator)
        : storage.allocator == allocator
            ? this
            : new NdArray(dtype, shape, storage.sharedFrom(allocator));
  }

  /** The element type. */
  public DType dtype() {
    return dtype;
  }

  /** The number of axes. */
  public int rank() {
    return shape.length;
  }

  /** The size of every axis. */
  public int[] shape() {
    return shape.clone();
  }

  /** The size of one axis; -1 is the last. */
  public int size(int axis) {
    return shape[Shapes.axis("size", axis, shape.length)];
  }

  /** The number of elements. */
  public int size() {
    return size;
  }

  /** Whether the shape is exactly this. */
  public boolean hasShape(int... shape) {
    return Arrays.equals(this.shape, shape);
  }

  private int offset(String op, int[] index) {
    boolean inside = Shapes.given(op, "an index", index).length == shape.length;
    int offset = 0;
    for (int d = 0; inside && d < index.length; d++) {
      inside = index[d] >= 0 && index[d] < shape[d];
      offset = offset * shape[d] + index[d];
    }
    if (!inside) {
      throw new ShapeException(
          "%s: index %s is outside of shape %s"
              .formatted(op, Arrays.toString(index), Arrays.toString(shape)));
    }
    return offset;
  }

  /** One element. */
  public double get(int... index) {
    return kernels().memory().get(data(), offset("get", index));
  }

  /** Overwrites one element. */
  public void set(double value, int... index) {
    int offset = offset("set", index);
    kernels().memory().set(writableData(), offset, value);
  }

  /** Overwrites all elements with those of an array of the same shape, converted if need be. */
  public void assign(NdArray other) {
    if (!Arrays.equals(shape, Shapes.given("assign", other).shape)) {
      throw new ShapeException("assign: cannot put " + other.describe() + " into " + describe());
    }
    Object from = other.to(dtype).data();
    kernels().memory().copy(from, 0, writableData(), 0, size);
  }

  /** The only element of an array of size 1. */
  public double item() {
    if (size != 1) {
      throw new ShapeException("item: needs one element, shape is " + Arrays.toString(shape));
    }
    return kernels().memory().get(data(), 0);
  }

  /** A copy of the elements in row-major order. */
  public double[] toDoubleArray() {
    return kernels().memory().toFloat64(data(), size);
  }

  /** A copy of the elements in row-major order, rounded to float32. */
  public float[] toFloatArray() {
    return kernels().memory().toFloat32(data(), size);
  }

  /** A float64 matrix that shares this array's elements; rank 2 only. */
  public DMatrixRMaj toDMatrixRMaj() {
    requireMatrix("toDMatrixRMaj", DType.FLOAT64);
    return DMatrixRMaj.wrap(shape[0], shape[1], (double[]) storage.share());
  }

  /** A float32 matrix that shares this array's elements; rank 2 only. */
  public FMatrixRMaj toFMatrixRMaj() {
    requireMatrix("toFMatrixRMaj", DType.FLOAT32);
    return FMatrixRMaj.wrap(shape[0], shape[1], (float[]) storage.share());
  }

  private void requireMatrix(String op, DType type) {
    if (rank() != 2 || dtype != type) {
      throw new ShapeException(
          op + ": needs a " + type + " array of rank 2, was " + dtype + Arrays.toString(shape));
    }
  }

  /** The loops for this element type. */
  @SuppressWarnings("exports") // for our own modules
  public Kernels<Object> kernels() {
    return dtype.kernels();
  }

  /**
   * The elements in row-major order, a {@code double[]} or {@code float[]} of at least {@link
   * #size()}, to be read by a kernel.
   */
  public Object data() {
    return storage.read();
  }

  /** As {@link #data()}, to be written to: tapes that recorded this array will notice. */
  public Object writableData() {
    return storage.write();
  }

  /** How often this array has been written to. */
  public int version() {
    return storage.version();
  }

  /** This array if it has the element type, else a converted copy. */
  public NdArray to(DType type) {
    if (Shapes.given("to", "a type", type) == dtype) {
      return this;
    }
    return type == DType.FLOAT64
        ? wrap(type, toDoubleArray(), size, shape)
        : wrap(type, toFloatArray(), size, shape);
  }

  /** A copy with elements of its own, which also outlives a workspace step. */
  public NdArray copy() {
    NdArray copy = new NdArray(dtype, shape, Allocator.HEAP, false);
    kernels().memory().copy(data(), 0, copy.data(), 0, size);
    return copy;
  }

  /** The same elements in another shape, one size of which may be -1; shares the elements. */
  public NdArray reshape(int... shape) {
    return new NdArray(dtype, Shapes.resolve(shape, size, this.shape), storage);
  }

  /** All axes reversed, or in the given order: axis d of the result is axis order[d] of this. */
  public NdArray transpose(int... order) {
    return Rearrange.transpose(this, order);
  }

  /** This array stretched to a shape by NumPy's rule. */
  public NdArray broadcastTo(int... shape) {
    return Rearrange.broadcastTo(this, shape);
  }

  /** The elements of [start, end) along one axis. */
  public NdArray slice(int axis, int start, int end) {
    return Rearrange.slice(this, axis, start, end);
  }

  /** This array with {@code before} and {@code after} zeros added along one axis. */
  public NdArray pad(int axis, int before, int after) {
    return Rearrange.pad(this, axis, before, after);
  }

  /** Matrix product of [.., m, k] or [k] and [.., k, n] or [k], the leading axes broadcast. */
  public NdArray matmul(NdArray other) {
    return matmul(other, false, false);
  }

  /** Matrix product in which the last two axes of a flagged operand are swapped first. */
  public NdArray matmul(NdArray other, boolean transposeThis, boolean transposeOther) {
    return MatrixProducts.matmul(this, transposeThis, other, transposeOther);
  }

  /** The sum over the named axes, all if none is named; the axes disappear. */
  public NdArray sum(int... axes) {
    return Reduce.sum(this, Shapes.axes("sum", axes, shape.length), false);
  }

  /** The sum over the named axes, all if none is named; the axes stay with size 1. */
  public NdArray sumKeepDims(int... axes) {
    return Reduce.sum(this, Shapes.axes("sum", axes, shape.length), true);
  }

  /** The mean over the named axes, all if none is named; the axes disappear. */
  public NdArray mean(int... axes) {
    return Reduce.mean(this, Shapes.axes("mean", axes, shape.length), false);
  }

  /** The mean over the named axes, all if none is named; the axes stay with size 1. */
  public NdArray meanKeepDims(int... axes) {
    return Reduce.mean(this, Shapes.axes("mean", axes, shape.length), true);
  }

  /** The largest elements over the named axes, all if none is named; NaN if any is. */
  public NdArray max(int... axes) {
    return Reduce.max(this, Shapes.axes("max", axes, shape.length), false);
  }

  /** As {@link #max}; the axes stay with size 1. */
  public NdArray maxKeepDims(int... axes) {
    return Reduce.max(this, Shapes.axes("max", axes, shape.length), true);
  }

  /** The sum over all axes that broadcasting from the shape would stretch: its adjoint. */
  public NdArray sumTo(int... shape) {
    return Rearrange.sumTo(this, shape);
  }

  /** this + other. */
  public NdArray plus(NdArray other) {
    return Broadcast.apply(Binary.PLUS, this, other);
  }

  /** this + number. */
  public NdArray plus(double number) {
    return Broadcast.apply(Binary.PLUS, this, full(dtype, number));
  }

  /** this - other. */
  public NdArray minus(NdArray other) {
    return Broadcast.apply(Binary.MINUS, this, other);
  }

  /** this - number. */
  public NdArray minus(double number) {
    return Broadcast.apply(Binary.MINUS, this, full(dtype, number));
  }

  /** this · other, elementwise. */
  public NdArray times(NdArray other) {
    return Broadcast.apply(Binary.TIMES, this, other);
  }

  /** this · number. */
  public NdArray times(double number) {
    return Broadcast.apply(Binary.TIMES, this, full(dtype, number));
  }

  /** this / other, elementwise. */
  public NdArray dividedBy(NdArray other) {
    return Broadcast.apply(Binary.DIVIDED_BY, this, other);
  }

  /** this / number. */
  public NdArray dividedBy(double number) {
    return Broadcast.apply(Binary.DIVIDED_BY, this, full(dtype, number));
  }

  /** this to the power of other, elementwise, as {@link Math#pow}. */
  public NdArray pow(NdArray other) {
    return Broadcast.apply(Binary.POW, this, other);
  }

  /** this to the power of a number. */
  public NdArray pow(double number) {
    return Broadcast.apply(Binary.POW, this, full(dtype, number));
  }

  /** The larger one of two, elementwise; NaN if either is. */
  public NdArray maximum(NdArray other) {
    return Broadcast.apply(Binary.MAXIMUM, this, other);
  }

  /** The larger one of this and a number. */
  public NdArray maximum(double number) {
    return Broadcast.apply(Binary.MAXIMUM, this, full(dtype, number));
  }

  /** 1 where this is greater than other, else 0. */
  public NdArray greater(NdArray other) {
    return Broadcast.apply(Binary.GREATER, this, other);
  }

  /** 1 where this is greater than a number, else 0. */
  public NdArray greater(double number) {
    return Broadcast.apply(Binary.GREATER, this, full(dtype, number));
  }

  /** 1 where both are equal, else 0. */
  public NdArray equal(NdArray other) {
    return Broadcast.apply(Binary.EQUAL, this, other);
  }

  /** 1 where this equals a number, else 0. */
  public NdArray equal(double number) {
    return Broadcast.apply(Binary.EQUAL, this, full(dtype, number));
  }

  /** this where other is above 0 or NaN, else 0. */
  public NdArray gate(NdArray other) {
    return Broadcast.apply(Binary.GATE, this, other);
  }

  /** -this. */
  public NdArray negate() {
    return apply(Unary.NEGATE);
  }

  /** The absolute value. */
  public NdArray abs() {
    return apply(Unary.ABS);
  }

  /** -1, 0 or 1; NaN stays NaN. */
  public NdArray sign() {
    return apply(Unary.SIGN);
  }

  /** this · this. */
  public NdArray square() {
    return apply(Unary.SQUARE);
  }

  /** The square root; NaN below 0. */
  public NdArray sqrt() {
    return apply(Unary.SQRT);
  }

  /** e to the power of this. */
  public NdArray exp() {
    return apply(Unary.EXP);
  }

  /** The natural logarithm; -Infinity at 0, NaN below. */
  public NdArray log() {
    return apply(Unary.LOG);
  }

  /** The sine, in radians. */
  public NdArray sin() {
    return apply(Unary.SIN);
  }

  /** The cosine, in radians. */
  public NdArray cos() {
    return apply(Unary.COS);
  }

  /** The hyperbolic tangent. */
  public NdArray tanh() {
    return apply(Unary.TANH);
  }

  /** 1 / (1 + exp(-this)), without overflow. */
  public NdArray sigmoid() {
    return apply(Unary.SIGMOID);
  }

  /** log(1 + exp(this)), elementwise, without overflow. */
  public NdArray softplus() {
    return apply(Unary.SOFTPLUS);
  }

  /** this times the derivative of the sigmoid at x, e/(1 + e)² with e = exp(-|x|). */
  public NdArray sigmoidGradient(NdArray x) {
    return Broadcast.apply(Binary.SIGMOID_GRADIENT, this, x);
  }

  /** this times the derivative of tanh at x, 4e/(1 + e)² with e = exp(-2|x|). */
  public NdArray tanhGradient(NdArray x) {
    return Broadcast.apply(Binary.TANH_GRADIENT, this, x);
  }

  /** The larger one of this and 0; NaN stays NaN. */
  public NdArray relu() {
    return apply(Unary.RELU);
  }

  private NdArray apply(Unary op) {
    NdArray out = emptyLike(shape);
    Object a = data();
    Object z = out.data();
    Parallel.forEach(size, 2, (from, to) -> kernels().elementwise().unary(op, a, z, from, to));
    return out;
  }

  /** Any function, elementwise in row-major order, computed in float64. */
  public NdArray map(DoubleUnaryOperator f) {
    NdArray out = emptyLike(shape);
    kernels().elementwise().map(Shapes.given("map", "a function", f), data(), out.data(), 0, size);
    return out;
  }

  /** Any function of two arrays of one shape, elementwise, computed in float64. */
  public NdArray zip(NdArray other, DoubleBinaryOperator f) {
    if (!isLike(Shapes.given("zip", other))) {
      throw new ShapeException(
          "zip: needs two arrays alike, was given " + describe() + " and " + other.describe());
    }
    NdArray out = emptyLike(shape);
    kernels()
        .elementwise()
        .zip(Shapes.given("zip", "a function", f), data(), other.data(), out.data(), 0, size);
    return out;
  }

  /** Whether every element is neither NaN nor infinite. */
  public boolean isFinite() {
    return kernels().memory().firstNonFinite(data(), size) < 0;
  }

  /** Whether element type and shape are those of another array. */
  public boolean isLike(NdArray other) {
    return dtype == Shapes.given("isLike", other).dtype && Arrays.equals(shape, other.shape);
  }

  /** Element type and shape, as {@code float64[2, 3]}. */
  public String describe() {
    return dtype + Arrays.toString(shape);
  }

  /** Same element type, shape and elements, bit for bit. */
  @Override
  public boolean equals(Object o) {
    return o instanceof NdArray other
        && isLike(other)
        && kernels().memory().equal(data(), other.data(), size);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + kernels().memory().hash(data(), size);
  }

  /** The elements in NumPy's manner: nested brackets, rounded, summarised when there are many. */
  @Override
  public String toString() {
    return NdArrayFormat.format(dtype, shape, data());
  }
}
