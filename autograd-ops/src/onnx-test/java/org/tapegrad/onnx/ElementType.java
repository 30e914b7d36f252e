package org.tapegrad.onnx;

import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.tapegrad.array.DType;

/** TensorProto.DataType, in the order of its numbers, which start at 0. */
enum ElementType {
  UNDEFINED,
  FLOAT(DType.FLOAT32, b -> (double) b.getFloat()),
  UINT8(b -> b.get() & 0xff),
  INT8(ByteBuffer::get),
  UINT16(b -> b.getShort() & 0xffff),
  INT16(ByteBuffer::getShort),
  INT32(ByteBuffer::getInt),
  INT64(ByteBuffer::getLong),
  STRING,
  BOOL(ByteBuffer::get),
  FLOAT16(DType.FLOAT32, b -> half(b.getShort())),
  DOUBLE(DType.FLOAT64, ByteBuffer::getDouble),
  UINT32(b -> b.getInt() & 0xffffffffL),
  UINT64(ByteBuffer::getLong),
  COMPLEX64,
  COMPLEX128,
  BFLOAT16;

  /** The type in which we compute with it, null if there is none. */
  final DType computed;

  private final Function<ByteBuffer, Double> real;
  private final ToLongFunction<ByteBuffer> whole;

  ElementType() {
    this(null, null, null);
  }

  ElementType(DType computed, Function<ByteBuffer, Double> real) {
    this(computed, real, null);
  }

  ElementType(ToLongFunction<ByteBuffer> whole) {
    this(DType.FLOAT64, null, whole);
  }

  ElementType(DType computed, Function<ByteBuffer, Double> real, ToLongFunction<ByteBuffer> whole) {
    this.computed = computed;
    this.real = real;
    this.whole = whole;
  }

  static ElementType of(long number) {
    return values()[(int) number];
  }

  boolean isWhole() {
    return whole != null;
  }

  long[] wholeNumbers(ByteBuffer raw, int size) {
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = whole.applyAsLong(raw);
    }
    return values;
  }

  double[] realNumbers(ByteBuffer raw, int size) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = real.apply(raw);
    }
    return values;
  }

  /** IEEE 754 binary16: 1 bit sign, 5 bits exponent, 10 bits fraction. */
  static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1024.0 + fraction, exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
