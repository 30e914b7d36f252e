package org.tapegrad.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/** A node of a graph that is about to be computed, as a binding sees it. */
final class Call {
  private static final int FLOAT = 2;
  private static final int INT = 3;
  private static final int STRING = 4;
  private static final int TENSOR = 5;
  private static final int FLOATS = 7;
  private static final int INTS = 8;
  private static final int STRINGS = 9;

  private final String folder;
  private final long opset;
  private final Node node;
  private final Map<String, Value> values;
  private final Tape tape;
  private final Consumer<String> conversions;

  Call(
      String folder,
      long opset,
      Node node,
      Map<String, Value> values,
      Tape tape,
      Consumer<String> conversions) {
    this.folder = folder;
    this.opset = opset;
    this.node = node;
    this.values = values;
    this.tape = tape;
    this.conversions = conversions;
  }

  /** The name of the folder, for what is peculiar to one vector. */
  String folder() {
    return folder;
  }

  /** The version of the operator set. */
  long opset() {
    return opset;
  }

  Tape tape() {
    return tape;
  }

  /** Says that the vector is not what we call it by: it counts as converted. */
  void converted(String how) {
    conversions.accept(how);
  }

  int inputs() {
    return node.inputs().size();
  }

  int outputs() {
    return node.outputs().size();
  }

  boolean hasInput(int i) {
    return i < node.inputs().size() && !node.inputs().get(i).isEmpty();
  }

  /** An input that is there. */
  Value input(int i) {
    return named(node.inputs().get(i));
  }

  /** Any value computed so far. */
  Value named(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(node.op() + " needs " + name + ", which is nowhere given");
    }
    return value;
  }

  Tensor tensor(int i) {
    Value value = input(i);
    if (value.isWhole()) {
      converted("whole numbers as float64");
    } else if (value.isHalf()) {
      converted("float16 as float32");
    }
    return value.tensor();
  }

  /** The input, or null if it is absent. */
  Tensor tensorOrNull(int i) {
    return hasInput(i) ? tensor(i) : null;
  }

  List<Tensor> tensors() {
    return IntStream.range(0, inputs()).mapToObj(this::tensor).toList();
  }

  /** An input of whole numbers that is an argument of ours, not a tensor. */
  int[] argument(int i) {
    converted("whole numbers of an input as arguments");
    return LongStream.of(input(i).data().wholeNumbers()).mapToInt(Call::clamped).toArray();
  }

  /** What ONNX moved from an attribute to an input; null if neither is there. */
  int[] argument(int i, String attribute) {
    return hasInput(i) ? argument(i) : integers(attribute, null);
  }

  /** Bounds such as 2^63 - 1 mean "to the end". */
  private static int clamped(long v) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, v));
  }

  boolean hasAttribute(String name) {
    return node.attributes().containsKey(name);
  }

  int integer(String attribute, long absent) {
    Message a = node.attributes().get(attribute);
    return Math.toIntExact(a == null ? absent : a.integer(INT, 0));
  }

  double real(String attribute, double absent) {
    Message a = node.attributes().get(attribute);
    return a == null ? absent : decimal(a.floats(FLOAT)[0]);
  }

  /**
   * Attributes are float32, but mean the decimal number that they were written as: 1e-5, not the
   * float nearest to it.
   */
  private static double decimal(double v) {
    return Double.parseDouble(Float.toString((float) v));
  }

  String string(String attribute, String absent) {
    Message a = node.attributes().get(attribute);
    return a == null ? absent : a.string(STRING, "");
  }

  int[] integers(String attribute, int[] absent) {
    Message a = node.attributes().get(attribute);
    return a == null
        ? absent
        : LongStream.of(a.integers(INTS)).mapToInt(Math::toIntExact).toArray();
  }

  double[] reals(String attribute) {
    return node.attributes().get(attribute).floats(FLOATS);
  }

  /** The value of an attribute that is a tensor. */
  TensorData constant(String attribute) {
    return TensorData.of(node.attributes().get(attribute).messages(TENSOR).get(0));
  }

  /** The texts of an attribute that names values. */
  List<String> names(String attribute) {
    return node.attributes().get(attribute).strings(STRINGS);
  }

  @Override
  public String toString() {
    return node.op() + node.inputs() + " " + Arrays.toString(node.attributes().keySet().toArray());
  }
}
