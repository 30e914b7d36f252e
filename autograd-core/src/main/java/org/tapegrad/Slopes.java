package org.tapegrad;

import org.tapegrad.Explanation.Line;
import org.tapegrad.array.NdArray;

/** Why the slope of an operation is zero, in words. */
final class Slopes {
  private Slopes() {}

  /** Why nothing that the line receives has an effect on one of its inputs. */
  static String zero(Line line, int slot) {
    NdArray x = line.inputs().get(slot).value();
    if (line.op().equals("relu")) {
      return notAbove(x, 0);
    } else if (line.op().equals("maximum") && line.arguments() instanceof Double bound) {
      return notAbove(x, bound);
    } else if (line.op().matches("times|matmul") && line.inputs().size() == 2) {
      return "the other factor is " + Numbers.of(line.inputs().get(1 - slot).value());
    } else if (line.op().matches("sigmoid|tanh")) {
      return "it is flat where it is " + Numbers.of(line.output().value());
    }
    return "its slope is 0 where " + "v" + line.inputs().get(slot).index() + " is " + Numbers.of(x);
  }

  private static String notAbove(NdArray x, double bound) {
    int not = x.size() - (int) x.greater(bound).sum().item();
    return "%d of %d numbers are not above %s".formatted(not, x.size(), Numbers.of(bound));
  }
}
