package org.tapegrad.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.tapegrad.array.DType;

/** How a file stores the elements of a tensor, and what they are read as. */
enum ElementType {
  F64(DType.FLOAT64.toString(), 8),
  F32(DType.FLOAT32.toString(), 4),
  F16("float16", 2),
  BF16("bfloat16", 2),
  I64("int64", 8),
  I32("int32", 4),
  I16("int16", 2),
  I8("int8", 1),
  U8("uint8", 1),
  BOOL("bool", 1);

  /** Every whole number up to here is a float64. */
  private static final long EXACT = 1L << 53;

  private final String shown;
  private final int bytes;

  ElementType(String shown, int bytes) {
    this.shown = shown;
    this.bytes = bytes;
  }

  static ElementType of(DType dtype) {
    return dtype == DType.FLOAT64 ? F64 : F32;
  }

  /** The type with this name in a header, or null. */
  static ElementType named(String name) {
    return Arrays.stream(values()).filter(t -> t.name().equals(name)).findAny().orElse(null);
  }

  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  int bytes() {
    return bytes;
  }

  boolean isInteger() {
    return ordinal() >= I64.ordinal();
  }

  /** What it is read as: float32 holds all that 16 bits can, float64 whole numbers up to 2^53. */
  DType dtype() {
    return List.of(F32, F16, BF16).contains(this) ? DType.FLOAT32 : DType.FLOAT64;
  }

  /** Converts n elements to to[i] and what follows, a {@code double[]} or {@code float[]}. */
  void read(ByteBuffer from, Object to, int i, int n) throws SafetensorsException {
    if (this == F64) {
      from.asDoubleBuffer().get((double[]) to, i, n);
    } else if (this == F32) {
      from.asFloatBuffer().get((float[]) to, i, n);
    } else if (isInteger()) {
      double[] numbers = (double[]) to;
      for (int j = i; j < i + n; j++) {
        numbers[j] = exactly(integer(from));
      }
    } else {
      float[] numbers = (float[]) to;
      for (int j = i; j < i + n; j++) {
        short bits = from.getShort();
        numbers[j] = this == F16 ? half(bits) : Float.intBitsToFloat(bits << 16);
      }
    }
  }

  private long integer(ByteBuffer from) {
    return switch (this) {
      case I64 -> from.getLong();
      case I32 -> from.getInt();
      case I16 -> from.getShort();
      case I8 -> from.get();
      case U8 -> from.get() & 0xff;
      default -> from.get() == 0 ? 0 : 1;
    };
  }

  private static double exactly(long value) throws SafetensorsException {
    if (value > EXACT || value < -EXACT) {
      throw new SafetensorsException(value + " is beyond 2^53 and cannot be read as float64");
    }
    return value;
  }

  /** IEEE 754 binary16: a sign, 5 bits of an exponent biased by 15, 10 bits of a fraction. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float size =
        exponent == 0
            ? fraction * 0x1p-24f
            : Float.intBitsToFloat(
                (exponent == 0x1f ? 0xff : exponent + 127 - 15) << 23 | fraction << 13);
    return bits < 0 ? -size : size;
  }

  @Override
  public String toString() {
    return shown;
  }
}
