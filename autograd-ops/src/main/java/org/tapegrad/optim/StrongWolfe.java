package org.tapegrad.optim;

/**
 * Finds a step that fulfils the strong Wolfe conditions (Nocedal, Wright 2006, algorithms 3.5 and
 * 3.6): the loss falls by enough, and its slope becomes flat enough. New steps come from the cubic
 * through two known points (their formula 3.59), kept away from both.
 */
final class StrongWolfe {
  /** How much of what the first slope promises the loss must fall. */
  private static final double DECREASE = 1e-4;

  /** How much of the first slope may be left. */
  private static final double CURVATURE = 0.9;

  /** Steps that are tried after the first. */
  private static final int MOST = 25;

  /** A bracket in which no element of the parameters moves by as much is not searched further. */
  private static final double NARROW = 1e-9;

  private final Line line;
  private final Point start;
  private final double reach;
  private int tried;

  /** The loss along a direction. */
  interface Line {
    Point at(double step);
  }

  /** What is known after a step: the loss, its slope along the line, its gradient. */
  record Point(double step, double loss, double slope, double[] gradient) {}

  /**
   * A search along a line.
   *
   * @param start the point of step 0, with a slope below 0
   * @param reach the largest element of the direction
   */
  StrongWolfe(Line line, Point start, double reach) {
    this.line = line;
    this.start = start;
    this.reach = reach;
  }

  /** The point that is found, the best so far where none fulfils the conditions. */
  Point search(double first) {
    Point before = start;
    Point now = line.at(first);
    for (tried = 0; tried < MOST; tried++) {
      if (isTooHigh(now) || tried > 1 && now.loss >= before.loss) {
        return zoom(before, now);
      }
      if (isFlat(now)) {
        return now;
      }
      if (now.slope >= 0) {
        return zoom(before, now);
      }
      double nearest = now.step + 0.01 * (now.step - before.step);
      double step = minimum(before, now, nearest, now.step * 10);
      before = now;
      now = line.at(step);
    }
    return lower(start, now);
  }

  /** Searches between two points, of which one end is the better of them. */
  private Point zoom(Point first, Point second) {
    Point low = lower(first, second);
    Point high = low == first ? second : first;
    boolean near = false;
    for (; tried < MOST && Math.abs(high.step - low.step) * reach >= NARROW; tried++) {
      double left = Math.min(low.step, high.step);
      double right = Math.max(low.step, high.step);
      double step = minimum(low, high, left, right);
      double margin = 0.1 * (right - left);
      boolean again = Math.min(right - step, step - left) < margin;
      if (again && (near || step >= right || step <= left)) { // the second time in a row
        step = right - step < step - left ? right - margin : left + margin;
        again = false;
      }
      near = again;
      Point now = line.at(step);
      if (isTooHigh(now) || now.loss >= low.loss) {
        high = low == lower(low, now) ? now : low;
        low = lower(low, now);
      } else if (isFlat(now)) {
        return now;
      } else {
        high = now.slope * (high.step - low.step) >= 0 ? low : high;
        low = now;
      }
    }
    return low;
  }

  private boolean isTooHigh(Point p) {
    return p.loss > start.loss + DECREASE * p.step * start.slope;
  }

  private boolean isFlat(Point p) {
    return Math.abs(p.slope) <= -CURVATURE * start.slope;
  }

  private static Point lower(Point a, Point b) {
    return a.loss <= b.loss ? a : b;
  }

  /** Where the cubic through two points is least between two bounds; their middle without one. */
  private static double minimum(Point a, Point b, double least, double most) {
    Point left = a.step <= b.step ? a : b;
    Point right = left == a ? b : a;
    double d = left.slope + right.slope - 3 * (left.loss - right.loss) / (left.step - right.step);
    double square = d * d - left.slope * right.slope;
    if (!(square >= 0)) {
      return (least + most) / 2;
    }
    double root = Math.sqrt(square);
    double fraction = (right.slope + root - d) / (right.slope - left.slope + 2 * root);
    double step = right.step - (right.step - left.step) * fraction;
    return Math.min(Math.max(step, least), most);
  }
}
