package org.tapegrad.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tapegrad.array.NdArray;

/** A TensorProto: whole numbers are kept as they are, others as float64, which holds them all. */
final class TensorData {
  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int INT64_DATA = 7;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int UINT64_DATA = 11;

  /** Whole numbers up to this are all float64. */
  private static final long EXACT = 1L << 53;

  private final String name;
  private final ElementType type;
  private final int[] shape;
  private final long[] whole;
  private final double[] real;

  private TensorData(String name, ElementType type, int[] shape, long[] whole, double[] real) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.whole = whole;
    this.real = real;
  }

  static TensorData of(Message m) {
    ElementType type = ElementType.of(m.integer(DATA_TYPE, 0));
    int[] shape = LongStream.of(m.integers(DIMS)).mapToInt(Math::toIntExact).toArray();
    int size = IntStream.of(shape).reduce(1, Math::multiplyExact);
    String name = m.string(NAME, "");
    if (type.computed == null) {
      return new TensorData(name, type, shape, null, null);
    }
    List<ByteBuffer> raw = m.bytes(RAW_DATA);
    long[] whole = null;
    double[] real = null;
    if (!raw.isEmpty()) {
      ByteBuffer bytes = raw.get(0).order(ByteOrder.LITTLE_ENDIAN);
      if (type.isWhole()) {
        whole = type.wholeNumbers(bytes, size);
      } else {
        real = type.realNumbers(bytes, size);
      }
      require(!bytes.hasRemaining(), name + " has more data than elements");
    } else {
      switch (type) {
        case FLOAT -> real = m.floats(FLOAT_DATA);
        case DOUBLE -> real = m.doubles(DOUBLE_DATA);
        case FLOAT16 ->
            real =
                LongStream.of(m.integers(INT32_DATA))
                    .mapToDouble(bits -> ElementType.half((short) bits))
                    .toArray();
        case INT64 -> whole = m.integers(INT64_DATA);
        case UINT32, UINT64 -> whole = m.integers(UINT64_DATA);
        default -> whole = m.integers(INT32_DATA);
      }
      require((whole == null ? real.length : whole.length) == size, name + " lacks data");
    }
    return new TensorData(name, type, shape, whole, real);
  }

  /** A constant of the given numbers, as attributes hold them. */
  static TensorData of(double[] values, int... shape) {
    return new TensorData("", ElementType.FLOAT, shape, null, values);
  }

  /** A constant of the given whole numbers, as attributes hold them. */
  static TensorData of(long[] values, int... shape) {
    return new TensorData("", ElementType.INT64, shape, values, null);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("tensor " + message);
    }
  }

  String name() {
    return name;
  }

  ElementType type() {
    return type;
  }

  int[] shape() {
    return shape.clone();
  }

  /** The whole numbers in row-major order. */
  long[] wholeNumbers() {
    if (whole == null) {
      throw new IllegalArgumentException("tensor " + name + " holds " + type);
    }
    return whole.clone();
  }

  /** The numbers in the type in which we compute with them, nothing rounded. */
  NdArray array() {
    if (type.computed == null) {
      throw new OutsideException("values of type " + type);
    }
    double[] values = real;
    if (whole != null) {
      long least = type == ElementType.UINT64 ? 0 : -EXACT;
      boolean exact = Arrays.stream(whole).allMatch(v -> v >= least && v <= EXACT);
      require(exact, name + " holds whole numbers that float64 rounds");
      values = Arrays.stream(whole).asDoubleStream().toArray();
    }
    return NdArray.of(values, shape).to(type.computed);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
