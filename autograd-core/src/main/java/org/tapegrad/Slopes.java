package org.tapegrad;

import org.tapegrad.Explanation.Line;
import org.tapegrad.array.NdArray;

/** Why the slope of an operation is zero, in words. */
final class Slopes {
  private Slopes() {}

  /** Why nothing that the line receives has an effect on one of its inputs. */
  static String zero(Line line, int slot) {
    Tensor x = line.inputs().get(slot);
    Double number = line.arguments() instanceof Double d ? d : null;
    if (line.op().equals("relu")) {
      return notAbove(x.value(), 0);
    } else if (line.op().equals("maximum") && number != null) {
      return notAbove(x.value(), number);
    } else if (line.op().equals("times") && number != null) {
      return "the other factor is " + Numbers.of(number);
    } else if (line.op().equals("times") && line.inputs().size() == 2) {
      return "the other factor is " + Numbers.of(line.inputs().get(1 - slot).value());
    } else if (line.op().matches("sigmoid|tanh")) {
      return "it is flat where it is " + Numbers.of(line.output().value());
    }
    return "its slope is 0 where v" + x.index() + " is " + Numbers.of(x.value());
  }

  private static String notAbove(NdArray x, double bound) {
    int not = x.size() - (int) x.greater(bound).sum().item();
    return "%d of %d numbers are not above %s".formatted(not, x.size(), Numbers.of(bound));
  }
}
