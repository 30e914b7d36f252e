package org.tapegrad.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A ModelProto with its graph.
 *
 * @param opset the version of the default operator set
 * @param constants initializers by name
 * @param inputs names of what must be given, in order: initializers may be listed as inputs too
 */
record Model(
    long opset,
    List<Node> nodes,
    Map<String, TensorData> constants,
    List<String> inputs,
    List<String> outputs,
    Set<String> notTensors) {
  private static final int GRAPH = 7;
  private static final int OPSET_IMPORT = 8;
  private static final int OPSET_DOMAIN = 1;
  private static final int OPSET_VERSION = 2;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;

  static Model read(Path file) throws IOException {
    Message model = Message.read(file);
    Message graph = model.messages(GRAPH).get(0);
    long opset = 1;
    for (Message set : model.messages(OPSET_IMPORT)) {
      if (set.string(OPSET_DOMAIN, "").isEmpty()) {
        opset = set.integer(OPSET_VERSION, 1);
      }
    }
    Map<String, TensorData> constants = new LinkedHashMap<>();
    for (Message tensor : graph.messages(GRAPH_INITIALIZER)) {
      TensorData data = TensorData.of(tensor);
      constants.put(data.name(), data);
    }
    Set<String> notTensors = new HashSet<>();
    List<String> inputs = values(graph, GRAPH_INPUT, notTensors);
    inputs.removeAll(constants.keySet());
    List<Node> nodes = graph.messages(GRAPH_NODE).stream().map(Node::of).toList();
    List<String> outputs = values(graph, GRAPH_OUTPUT, notTensors);
    return new Model(opset, nodes, constants, inputs, outputs, notTensors);
  }

  /** The names of inputs or outputs; those that are sequences or optional are noted as well. */
  private static List<String> values(Message graph, int field, Set<String> notTensors) {
    List<String> names = new ArrayList<>();
    for (Message value : graph.messages(field)) {
      String name = value.string(VALUE_NAME, "");
      names.add(name);
      if (value.messages(VALUE_TYPE).stream().noneMatch(t -> t.has(TYPE_TENSOR))) {
        notTensors.add(name);
      }
    }
    return names;
  }
}
