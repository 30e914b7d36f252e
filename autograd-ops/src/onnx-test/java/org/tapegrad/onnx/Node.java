package org.tapegrad.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A NodeProto.
 *
 * @param inputs names, empty where an optional input in between is absent
 * @param attributes AttributeProto by name
 */
record Node(
    String op,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Message> attributes) {
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int OP_TYPE = 4;
  private static final int ATTRIBUTE = 5;
  private static final int DOMAIN = 7;
  private static final int ATTRIBUTE_NAME = 1;

  static Node of(Message m) {
    Map<String, Message> attributes =
        m.messages(ATTRIBUTE).stream()
            .collect(Collectors.toMap(a -> a.string(ATTRIBUTE_NAME, ""), Function.identity()));
    return new Node(
        m.string(OP_TYPE, ""),
        m.string(DOMAIN, ""),
        m.strings(INPUT),
        m.strings(OUTPUT),
        attributes);
  }
}
