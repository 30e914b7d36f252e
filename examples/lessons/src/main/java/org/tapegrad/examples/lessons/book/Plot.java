package org.tapegrad.examples.lessons.book;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Curves in one drawing. An axis is logarithmic where none of its numbers is negative and they span
 * more than four powers of ten.
 */
public final class Plot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int LEFT = 76;
  private static final int BOTTOM = 48;
  private static final int MARGIN = 14;
  private static final int TOP = 36;

  /** From the smallest positive number to the largest, for a logarithmic axis. */
  private static final double WIDE = 1e4;

  private record Curve(String name, double[] x, double[] y) {}

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Curve> curves = new ArrayList<>();

  /** An empty plot. */
  public Plot(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /** This plot with one more curve; points that are not finite are left out. */
  public Plot curve(String name, double[] x, double[] y) {
    curves.add(new Curve(name, x.clone(), y.clone()));
    return this;
  }

  /** This plot with one more curve, over 0, 1, 2, … */
  public Plot curve(String name, double[] y) {
    return curve(name, IntStream.range(0, y.length).asDoubleStream().toArray(), y);
  }

  String title() {
    return title;
  }

  /** The range of one axis and how a number finds its place on it. */
  private record Axis(double low, double high, boolean logarithmic, double from, double to) {
    static Axis of(DoubleStream numbers, double from, double to) {
      double[] sorted = numbers.filter(Double::isFinite).sorted().toArray();
      double low = sorted[0];
      double high = sorted[sorted.length - 1];
      double smallest = DoubleStream.of(sorted).filter(v -> v > 0).findFirst().orElse(high);
      if (low >= 0 && high > WIDE * smallest) {
        return new Axis(
            Math.pow(10, Math.floor(Math.log10(smallest))),
            Math.pow(10, Math.ceil(Math.log10(high))),
            true,
            from,
            to);
      }
      double step = step(low, high);
      double start = Math.floor(low / step) * step;
      return new Axis(start, Math.max(start + step, high), false, from, to);
    }

    /** The distance of ticks: 1, 2 or 5 times a power of ten, some five on the axis. */
    private static double step(double low, double high) {
      double rough = high > low ? (high - low) / 5 : 1;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      return power * (rough < 1.5 * power ? 1 : rough < 3.5 * power ? 2 : 5);
    }

    double at(double number) {
      double share =
          logarithmic
              ? Math.log(number / low) / Math.log(high / low)
              : (number - low) / (high - low);
      return from + share * (to - from);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      if (logarithmic) {
        int first = (int) Math.round(Math.log10(low));
        int last = (int) Math.round(Math.log10(high));
        int every = Math.max(1, (last - first) / 6);
        for (int exponent = first; exponent <= last; exponent += every) {
          ticks.add(Math.pow(10, exponent));
        }
        return ticks;
      }
      double step = step(low, high);
      for (int i = 0; low + i * step <= high + 1e-9 * step; i++) {
        ticks.add(low + i * step);
      }
      return ticks;
    }

    String label(double tick) {
      return logarithmic
          ? "1e" + Math.round(Math.log10(tick))
          : new BigDecimal(tick, new MathContext(4)).stripTrailingZeros().toPlainString();
    }
  }

  /** The drawing, in the colours of the page. */
  String svg() {
    Axis xs = Axis.of(numbers(true), LEFT, WIDTH - MARGIN);
    Axis ys = Axis.of(numbers(false), HEIGHT - BOTTOM, TOP);
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title><desc>%s</desc>\n"
            .formatted(WIDTH, HEIGHT, Html.escape(title), Html.escape(toString())));
    for (double tick : xs.ticks()) {
      svg.append(line(xs.at(tick), TOP, xs.at(tick), HEIGHT - BOTTOM));
      svg.append(text(xs.at(tick), HEIGHT - BOTTOM + 18, "middle", xs.label(tick)));
    }
    for (double tick : ys.ticks()) {
      svg.append(line(LEFT, ys.at(tick), WIDTH - MARGIN, ys.at(tick)));
      svg.append(text(LEFT - 6, ys.at(tick) + 5, "end", ys.label(tick)));
    }
    svg.append(text((LEFT + WIDTH) / 2.0, HEIGHT - 8, "middle", xLabel));
    svg.append(
        "<text transform=\"translate(14 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n"
            .formatted((HEIGHT - BOTTOM) / 2, Html.escape(yLabel)));
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < curves.size(); i++) {
      svg.append(drawn(curves.get(i), i, xs, ys));
      names.append(
          "<tspan class=\"curve%d\" dx=\"%d\">\u25cf %s</tspan>"
              .formatted(i, i == 0 ? 0 : MARGIN, Html.escape(curves.get(i).name())));
    }
    svg.append("<text class=\"names\" x=\"%d\" y=\"22\">%s</text>\n".formatted(LEFT, names));
    return svg.append("</svg>").toString();
  }

  private DoubleStream numbers(boolean x) {
    return curves.stream().flatMapToDouble(c -> DoubleStream.of(x ? c.x() : c.y()));
  }

  private String drawn(Curve curve, int i, Axis xs, Axis ys) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (int k = 0; k < curve.x().length; k++) {
      double x = xs.at(curve.x()[k]);
      double y = ys.at(curve.y()[k]);
      if (Double.isFinite(x) && Double.isFinite(y)) {
        path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        dots.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", x, y));
      }
    }
    return "<g class=\"curve%d\"><polyline points=\"%s\"/>%s</g>\n"
        .formatted(i, path, curve.x().length > 60 ? "" : dots);
  }

  private static String line(double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x1, y1, x2, y2);
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
        x,
        y,
        anchor,
        Html.escape(text));
  }

  /** Each curve by its ends and extremes, for a terminal. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(yLabel + " against " + xLabel);
    for (Curve c : curves) {
      int last = c.x().length - 1;
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %s: %.3g at %.3g, %.3g at %.3g, between %.3g and %.3g",
              c.name(),
              c.y()[0],
              c.x()[0],
              c.y()[last],
              c.x()[last],
              DoubleStream.of(c.y()).min().orElseThrow(),
              DoubleStream.of(c.y()).max().orElseThrow()));
    }
    return text.toString();
  }
}
