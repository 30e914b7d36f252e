package org.tapegrad.examples.style;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss against the step, on a logarithmic axis: every step pale, their running mean bold. */
final class LossPlot {
  private static final int WINDOW = 15;

  private LossPlot() {}

  static BufferedImage of(LossHistory history) {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(500)
            .title("Loss")
            .xAxisTitle("step")
            .yAxisTitle("loss")
            .theme(Styler.ChartTheme.XChart)
            .build();
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisTickMarkSpacingHint(100);
    chart.getStyler().setXAxisDecimalPattern("0");
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    add(chart, "total", history.total(), new Color(0x20, 0x20, 0x20));
    add(chart, "style", history.style(), new Color(0x1f, 0x5f, 0xb4));
    add(chart, "content", history.content(), new Color(0xd0, 0x7a, 0x10));
    return BitmapEncoder.getBufferedImage(chart);
  }

  private static void add(XYChart chart, String name, double[] values, Color colour) {
    double[] steps = new double[values.length];
    double[] positive = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      steps[i] = i + 1;
      positive[i] = Math.max(values[i], 1e-6);
    }
    Color pale = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 60);
    line(chart, name + " each step", steps, positive, pale, 1).setShowInLegend(false);
    line(chart, name, steps, runningMean(positive), colour, 2);
  }

  private static XYSeries line(
      XYChart chart, String name, double[] x, double[] y, Color colour, float width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(width));
    return series;
  }

  /** The mean of each value and up to WINDOW before it. */
  static double[] runningMean(double[] values) {
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - WINDOW);
      double sum = 0;
      for (int j = from; j <= i; j++) {
        sum += values[j];
      }
      means[i] = sum / (i - from + 1);
    }
    return means;
  }
}
