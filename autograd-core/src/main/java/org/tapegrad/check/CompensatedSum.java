package org.tapegrad.check;

/**
 * A sum that keeps the rounding of every addition (Neumaier 1974), so that the checker adds no
 * noise of its own.
 */
final class CompensatedSum {
  private double sum;
  private double lost;

  void add(double term) {
    double next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
    sum = next;
  }

  /** Adds a·b with the rounding of the product kept too. */
  void addProduct(double a, double b) {
    double product = a * b;
    add(product);
    lost += Math.fma(a, b, -product);
  }

  double value() {
    double total = sum + lost;
    return Double.isNaN(total) ? sum : total;
  }

  static double dot(double[] a, double[] b) {
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; i < a.length; i++) {
      sum.addProduct(a[i], b[i]);
    }
    return sum.value();
  }
}
