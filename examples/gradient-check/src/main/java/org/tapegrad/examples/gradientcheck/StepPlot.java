package org.tapegrad.examples.gradientcheck;

import java.util.Locale;
import org.tapegrad.check.ErrorCurve;

/** An {@link ErrorCurve} as an SVG drawing with logarithmic axes, steps falling to the right. */
final class StepPlot {
  private static final int WIDTH = 300;
  private static final int HEIGHT = 190;
  private static final int LEFT = 42;
  private static final int BOTTOM = 28;
  private static final int MARGIN = 8;
  private static final double LOWEST = -17;

  private final ErrorCurve curve;
  private final double highest;
  private final double firstStep;
  private final double lastStep;

  StepPlot(ErrorCurve curve) {
    this.curve = curve;
    double high = 1;
    for (double e : curve.errors()) {
      high = e > 0 && Double.isFinite(e) ? Math.max(high, Math.log10(e)) : high;
    }
    this.highest = high;
    this.firstStep = Math.log10(curve.steps()[0]);
    this.lastStep = Math.log10(curve.steps()[curve.steps().length - 1]);
  }

  private double x(double step) {
    double share = (firstStep - Math.log10(step)) / (firstStep - lastStep);
    return LEFT + share * (WIDTH - LEFT - MARGIN);
  }

  private double y(double error) {
    double exponent = Math.max(LOWEST, Math.min(highest, Math.log10(error)));
    return MARGIN + (highest - exponent) / (highest - LOWEST) * (HEIGHT - MARGIN - BOTTOM);
  }

  @Override
  public String toString() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg width=\"%d\" height=\"%d\" font-size=\"11\" fill=\"#555\" role=\"img\">"
                + "<title>error against step</title>",
            WIDTH,
            HEIGHT));
    for (int exponent = -16; exponent <= highest; exponent += 4) {
      double at = y(Math.pow(10, exponent));
      svg.append(line(LEFT, at, WIDTH - MARGIN, at, "#eee"));
      svg.append(label(LEFT - 4, at + 4, "end", "1e" + exponent));
    }
    for (int exponent = (int) Math.floor(firstStep); exponent >= lastStep; exponent -= 3) {
      double at = x(Math.pow(10, exponent));
      svg.append(line(at, MARGIN, at, HEIGHT - BOTTOM, "#eee"));
      svg.append(label(at, HEIGHT - BOTTOM + 13, "middle", "1e" + exponent));
    }
    svg.append(label((LEFT + WIDTH) / 2.0, HEIGHT - 3, "middle", "step"));
    svg.append(path(curve.noise(), "#bbb"));
    svg.append(path(curve.errors(), "#1f5fa8"));
    for (int k = 0; k < curve.steps().length; k++) {
      if (Double.isFinite(curve.errors()[k])) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"#1f5fa8\"/>",
                x(curve.steps()[k]),
                y(curve.errors()[k])));
      }
    }
    if (Double.isFinite(curve.extrapolated())) {
      double at = y(curve.extrapolated());
      svg.append(line(LEFT, at, WIDTH - MARGIN, at, "#c0392b"));
    }
    return svg.append("</svg>").toString();
  }

  private String path(double[] values, String colour) {
    StringBuilder points = new StringBuilder();
    for (int k = 0; k < values.length; k++) {
      if (Double.isFinite(values[k])) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(curve.steps()[k]), y(values[k])));
      }
    }
    return "<polyline fill=\"none\" stroke=\"" + colour + "\" points=\"" + points + "\"/>";
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return String.format(
        Locale.ROOT,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x1,
        y1,
        x2,
        y2,
        colour);
  }

  private static String label(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        text);
  }
}
