package org.tapegrad.check;

import java.util.Arrays;

/**
 * How the difference between central difference and claimed derivative changes with the step,
 * relative to the derivative.
 *
 * @param steps step sizes, falling, in units of the input's own scale
 * @param errors |central difference - claimed| at each step, NaN where the function is not finite
 * @param noise the part of it that rounding may explain
 * @param extrapolated |extrapolated derivative - claimed|
 * @param estimate the estimated error of the extrapolated derivative
 */
public record ErrorCurve(
    double[] steps, double[] errors, double[] noise, double extrapolated, double estimate) {
  private static final int HEIGHT = 12;
  private static final int COLUMN = 3;

  static ErrorCurve of(DirectionalDerivative d) {
    int n = d.ladder.levels();
    double unit = d.scale > 0 && Double.isFinite(d.scale) ? d.scale : 1;
    double[] errors = new double[n];
    double[] noise = new double[n];
    for (int k = 0; k < n; k++) {
      errors[k] = Math.abs(d.ladder.central(k) - d.analytic) / unit;
      noise[k] = d.noise[k] / unit;
    }
    return new ErrorCurve(
        d.ladder.h.clone(), errors, noise, d.discrepancy() / unit, d.error() / unit);
  }

  /**
   * A plot of 16 lines: {@code *} error, {@code .} noise, {@code -} extrapolated error, steps
   * falling to the right.
   */
  public String plot() {
    double low = -17;
    double high = 1;
    for (double e : errors) {
      high = e > 0 && Double.isFinite(e) ? Math.max(high, Math.log10(e)) : high;
    }
    high = Math.min(high, 20);
    char[][] grid = new char[HEIGHT + 1][COLUMN * steps.length];
    for (char[] row : grid) {
      Arrays.fill(row, ' ');
    }
    int rule = row(extrapolated, low, high);
    for (int c = 0; rule >= 0 && c < grid[rule].length; c++) {
      grid[rule][c] = '-';
    }
    for (int k = 0; k < steps.length; k++) {
      mark(grid, k, row(noise[k], low, high), '.');
      mark(grid, k, row(errors[k], low, high), '*');
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r <= HEIGHT; r++) {
      String label =
          r % 3 == 0
              ? Numbers.format("%6s", Numbers.format("1e%.0f", high - (high - low) * r / HEIGHT))
              : "      ";
      text.append(label).append(" |").append(new String(grid[r]).stripTrailing()).append('\n');
    }
    text.append("       +").append("-".repeat(COLUMN * steps.length)).append('\n');
    text.append(Numbers.format("   step  1e%-+4.0f", Math.log10(steps[0])));
    text.append(
        Numbers.format(
            "%" + (COLUMN * steps.length - 7) + "s",
            Numbers.format("1e%.0f", Math.log10(steps[steps.length - 1]))));
    text.append(
        "\n   * central difference   . rounding noise   - extrapolated, all against the claim\n");
    return text.toString();
  }

  private static void mark(char[][] grid, int k, int row, char c) {
    if (row >= 0) {
      grid[row][COLUMN * k + 1] = c;
    }
  }

  private static int row(double value, double low, double high) {
    if (!Double.isFinite(value)) {
      return -1;
    }
    double exponent = Math.max(low, Math.min(high, Math.log10(value)));
    return (int) Math.round((high - exponent) / (high - low) * HEIGHT);
  }
}
