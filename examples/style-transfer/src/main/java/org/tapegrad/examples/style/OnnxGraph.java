package org.tapegrad.examples.style;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tapegrad.array.NdArray;

/**
 * A graph of ONNX's operators, written field by field: the numbers are those of the project's
 * onnx.proto. Values are known by their names.
 */
final class OnnxGraph {
  /** The version of the operators, and the one of the format that came with it. */
  static final int OPSET = 17;

  private static final int IR_VERSION = 8;

  private static final int FLOAT = 1; // TensorProto.DataType
  private static final int INT64 = 7;

  /** What writes the fields of a message. */
  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private final List<ByteString> nodes = new ArrayList<>();
  private final List<ByteString> constants = new ArrayList<>();

  /** A node without attributes, whose result's name is returned. */
  String add(String op, String... inputs) {
    return add(op, Map.of(), inputs);
  }

  /** A node with one result, whose name is returned. */
  String add(String op, Map<String, Object> attributes, String... inputs) {
    String result = op + (nodes.size() + 1);
    add(result, op, attributes, inputs);
    return result;
  }

  /**
   * A node with one result.
   *
   * @param attributes whole numbers (long[] or Long), Float or String
   * @param inputs names of values; empty for one that is left out
   */
  void add(String result, String op, Map<String, Object> attributes, String... inputs) {
    nodes.add(
        message(
            out -> {
              for (String input : inputs) {
                out.writeString(1, input);
              }
              out.writeString(2, result);
              out.writeString(3, result);
              out.writeString(4, op);
              for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
                out.writeBytes(5, attribute(attribute.getKey(), attribute.getValue()));
              }
            }));
  }

  private static ByteString attribute(String name, Object value) {
    return message(
        out -> {
          out.writeString(1, name);
          if (value instanceof Float real) {
            out.writeFloat(2, real);
            out.writeInt32(20, 1);
          } else if (value instanceof Long whole) {
            out.writeInt64(3, whole);
            out.writeInt32(20, 2);
          } else if (value instanceof long[] numbers) {
            for (long number : numbers) {
              out.writeInt64(8, number);
            }
            out.writeInt32(20, 7);
          } else {
            out.writeBytes(4, ByteString.copyFromUtf8((String) value));
            out.writeInt32(20, 3);
          }
        });
  }

  /** A float32 constant. */
  String constant(String name, NdArray array) {
    float[] values = array.toFloatArray();
    ByteBuffer bytes = littleEndian(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    return constant(name, FLOAT, bytes, array.shape());
  }

  /** A list of whole numbers as a constant, named after itself. */
  String constant(long... values) {
    ByteBuffer bytes = littleEndian(Long.BYTES * values.length);
    bytes.asLongBuffer().put(values);
    return constant("constant" + constants.size(), INT64, bytes, values.length);
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(String name, int type, ByteBuffer values, int... shape) {
    constants.add(
        message(
            out -> {
              for (int size : shape) {
                out.writeInt64(1, size);
              }
              out.writeInt32(2, type);
              out.writeString(8, name);
              out.writeByteBuffer(9, values);
            }));
    return name;
  }

  /**
   * Writes a model of one input and one result, both pictures float32[1, 3, height, width].
   *
   * @param doc one sentence for people
   * @param metadata by name
   */
  void write(
      OutputStream file, String input, String result, String doc, Map<String, String> metadata)
      throws IOException {
    ByteString graph =
        message(
            out -> {
              for (ByteString node : nodes) {
                out.writeBytes(1, node);
              }
              out.writeString(2, "style-transfer");
              for (ByteString constant : constants) {
                out.writeBytes(5, constant);
              }
              out.writeBytes(11, picture(input));
              out.writeBytes(12, picture(result));
            });
    CodedOutputStream out = CodedOutputStream.newInstance(file);
    out.writeInt64(1, IR_VERSION);
    out.writeString(2, "Tapegrad");
    out.writeString(6, doc);
    out.writeBytes(7, graph);
    out.writeBytes(8, message(opset -> opset.writeInt64(2, OPSET)));
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      out.writeBytes(
          14,
          message(
              property -> {
                property.writeString(1, entry.getKey());
                property.writeString(2, entry.getValue());
              }));
    }
    out.flush();
  }

  private static ByteString picture(String name) {
    ByteString shape =
        message(
            out -> {
              out.writeBytes(1, message(size -> size.writeInt64(1, 1)));
              out.writeBytes(1, message(size -> size.writeInt64(1, 3)));
              out.writeBytes(1, message(size -> size.writeString(2, "height")));
              out.writeBytes(1, message(size -> size.writeString(2, "width")));
            });
    ByteString tensor =
        message(
            out -> {
              out.writeInt32(1, FLOAT);
              out.writeBytes(2, shape);
            });
    return message(
        out -> {
          out.writeString(1, name);
          out.writeBytes(2, message(type -> type.writeBytes(1, tensor)));
        });
  }

  private static ByteString message(Fields fields) {
    try (ByteString.Output bytes = ByteString.newOutput()) {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.writeTo(out);
      out.flush();
      return bytes.toByteString();
    } catch (IOException e) { // memory has none
      throw new UncheckedIOException(e);
    }
  }
}
