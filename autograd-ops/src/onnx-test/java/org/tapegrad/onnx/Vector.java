package org.tapegrad.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;

/** A test vector: a folder with a model, its inputs and the outputs expected of it. */
record Vector(String set, Path folder) {
  private static final String DEFAULT_DOMAIN = "";
  private static final String TRAINING_DOMAIN = "ai.onnx.preview.training";

  /** All folders in the sets of a directory, in the order of their names. */
  static List<Vector> all(Path directory) throws IOException {
    List<Vector> vectors = new ArrayList<>();
    for (Path set : folders(directory)) {
      for (Path folder : folders(set)) {
        vectors.add(new Vector(set.getFileName().toString(), folder));
      }
    }
    return vectors;
  }

  private static List<Path> folders(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  private Path data() {
    return folder.resolve("test_data_set_0");
  }

  private Path modelFile() {
    return folder.resolve("model.onnx");
  }

  /** The operators in use that are not bound. */
  static Set<String> unbound(Model model, Map<String, Binding> bindings) {
    Set<String> operators = new TreeSet<>();
    for (Node node : model.nodes()) {
      boolean known = Set.of(DEFAULT_DOMAIN, TRAINING_DOMAIN).contains(node.domain());
      if (!known) {
        operators.add(node.domain() + "." + node.op());
      } else if (!bindings.containsKey(node.op())) {
        operators.add(node.op());
      }
    }
    return operators;
  }

  Model model() throws IOException {
    if (!Files.exists(modelFile())) {
      throw new OutsideException("no data: a model by its address only");
    }
    return Model.read(modelFile());
  }

  /**
   * Computes the outputs and compares them.
   *
   * @throws AssertionError if one differs
   * @throws OutsideException if the library has no such feature
   */
  void check(Model model, Map<String, Binding> bindings, Consumer<String> conversions)
      throws IOException {
    if (!model.notTensors().isEmpty()) {
      throw new OutsideException("values that are sequences or optional");
    }
    Tape tape = new Tape();
    Map<String, Value> values = new HashMap<>();
    model.constants().forEach((name, data) -> values.put(name, new Value(tape, data)));
    List<String> inputs = model.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      values.put(inputs.get(i), new Value(tape, read("input_" + i)));
    }
    for (Node node : model.nodes()) {
      Call call = new Call(name(), model.opset(), node, values, tape, conversions);
      List<Value> results = bindings.get(node.op()).apply(call);
      for (int i = 0; i < node.outputs().size(); i++) {
        values.put(node.outputs().get(i), results.get(i));
      }
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    model.outputs().forEach(name -> outputs.put(name, values.get(name).tensor()));
    int i = 0;
    for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
      Comparison.check(read("output_" + i++), output.getValue().value(), output.getKey());
    }
    if (Files.exists(data().resolve("output_" + i + ".pb"))) {
      throw new IllegalStateException(name() + " expects more outputs than its graph has");
    }
  }

  private TensorData read(String name) throws IOException {
    return TensorData.of(Message.read(data().resolve(name + ".pb")));
  }

  @Override
  public String toString() {
    return set + " " + name();
  }
}
