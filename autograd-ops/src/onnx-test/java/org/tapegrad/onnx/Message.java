package org.tapegrad.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * A protobuf message as the list of its fields, read without a schema: the caller knows what a
 * field's number means. (Protocol Buffers, "Encoding".)
 */
final class Message {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** A field; of {@code bytes} and {@code number} one holds the value, by the wire type. */
  private record Field(int id, int wireType, long number, ByteBuffer bytes) {}

  private final List<Field> fields = new ArrayList<>();

  Message(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long tag = varint(in);
      fields.add(field(in, (int) (tag >>> 3), (int) (tag & 7)));
    }
  }

  static Message read(Path file) throws IOException {
    return new Message(ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  private static Field field(ByteBuffer in, int id, int wireType) {
    return switch (wireType) {
      case VARINT -> new Field(id, wireType, varint(in), null);
      case FIXED64 -> new Field(id, wireType, in.getLong(), null);
      case FIXED32 -> new Field(id, wireType, in.getInt(), null);
      case BYTES -> {
        int length = Math.toIntExact(varint(in));
        ByteBuffer value = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        yield new Field(id, wireType, 0, value);
      }
      default ->
          throw new IllegalArgumentException(
              "field " + id + " has the wire type " + wireType + ", which no longer exists");
    };
  }

  /** Seven bits a byte, lowest first; the top bit says that more follow. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a varint of more than ten bytes");
  }

  boolean has(int id) {
    return fields.stream().anyMatch(f -> f.id == id);
  }

  /** All values of a repeated field of bytes; none if it is absent. */
  List<ByteBuffer> bytes(int id) {
    return fields.stream().filter(f -> f.id == id).map(f -> f.bytes.duplicate()).toList();
  }

  List<Message> messages(int id) {
    return bytes(id).stream().map(Message::new).toList();
  }

  List<String> strings(int id) {
    return bytes(id).stream().map(b -> StandardCharsets.UTF_8.decode(b).toString()).toList();
  }

  /** The last value of a field, which may be absent. */
  String string(int id, String absent) {
    List<String> all = strings(id);
    return all.isEmpty() ? absent : all.get(all.size() - 1);
  }

  /** All values of a repeated whole number, packed or not. */
  long[] integers(int id) {
    LongStream.Builder values = LongStream.builder();
    for (Field f : fields) {
      if (f.id == id && f.wireType == BYTES) {
        ByteBuffer packed = f.bytes.duplicate();
        while (packed.hasRemaining()) {
          values.add(varint(packed));
        }
      } else if (f.id == id) {
        values.add(f.number);
      }
    }
    return values.build().toArray();
  }

  long integer(int id, long absent) {
    long[] all = integers(id);
    return all.length == 0 ? absent : all[all.length - 1];
  }

  /** All values of a repeated float, packed or not. */
  double[] floats(int id) {
    DoubleStream.Builder values = DoubleStream.builder();
    for (Field f : fields) {
      if (f.id == id && f.wireType == BYTES) {
        ByteBuffer packed = f.bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (packed.hasRemaining()) {
          values.add(packed.getFloat());
        }
      } else if (f.id == id) {
        values.add(Float.intBitsToFloat((int) f.number));
      }
    }
    return values.build().toArray();
  }

  /** All values of a repeated double, packed or not. */
  double[] doubles(int id) {
    DoubleStream.Builder values = DoubleStream.builder();
    for (Field f : fields) {
      if (f.id == id && f.wireType == BYTES) {
        ByteBuffer packed = f.bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (packed.hasRemaining()) {
          values.add(packed.getDouble());
        }
      } else if (f.id == id) {
        values.add(Double.longBitsToDouble(f.number));
      }
    }
    return values.build().toArray();
  }
}
