package org.tapegrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.tapegrad.array.Shapes;

/** A tape as text: one assignment a line (Wengert 1964), inputs first, then other arguments. */
final class WengertList {
  private WengertList() {}

  static String of(List<Node> nodes) {
    return nodes.stream().map(WengertList::line).collect(Collectors.joining("\n"));
  }

  /** {@code v3 = slice(v2, axis 0, 1:3) : float64[2]}. */
  static String line(Node node) {
    Tensor output = node.output();
    return label(output)
        + " = "
        + node.op()
        + (node.pullbacks().length == 0 ? "" : "(" + String.join(", ", operands(node)) + ")")
        + " : "
        + output.value().describe();
  }

  private static List<String> operands(Node node) {
    List<String> operands = new ArrayList<>();
    for (Pullback p : node.pullbacks()) {
      if (p.input() != null) {
        operands.add(label(p.input()));
      }
    }
    String arguments = text(node.arguments());
    if (!arguments.isEmpty()) {
      operands.add(arguments);
    }
    return operands;
  }

  private static String label(Tensor t) {
    return t.isConstant() ? t.value().describe() : "v" + t.index();
  }

  private static String text(Object arguments) {
    if (arguments == null) {
      return "";
    } else if (arguments instanceof int[] numbers) {
      return numbers.length == 0 ? "" : Arrays.toString(numbers);
    } else if (arguments instanceof Double number) {
      return Shapes.number(number);
    }
    return arguments.toString();
  }
}
