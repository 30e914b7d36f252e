package org.tapegrad.optim;

import java.util.List;
import org.tapegrad.Explanation;
import org.tapegrad.Tensor;
import org.tapegrad.Why;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;
import org.tapegrad.nn.Parameter;

/** What is done to gradients before a step. */
public final class Gradients {
  /** PyTorch's guard against a division by zero. */
  private static final double EPS = 1e-6;

  /** Sums of squares below this may have lost digits or terms to underflow. */
  private static final double SMALLEST = 1e-290;

  private Gradients() {}

  /** The Euclidean norm of all gradients together, also where their squares leave the range. */
  public static double norm(List<NdArray> gradients) {
    Shapes.given("norm", "a list of gradients", gradients)
        .forEach(g -> Shapes.given("norm", "every gradient", g));
    double sum = squares(gradients, 1);
    if (sum > SMALLEST && sum < Double.POSITIVE_INFINITY) {
      return Math.sqrt(sum);
    }
    double largest = 0;
    for (NdArray g : gradients) {
      largest = Math.max(largest, g.size() == 0 ? 0 : g.abs().max().item());
    }
    return largest > 0 && largest < Double.POSITIVE_INFINITY
        ? largest * Math.sqrt(squares(gradients, largest))
        : largest;
  }

  private static double squares(List<NdArray> gradients, double unit) {
    double sum = 0;
    for (NdArray g : gradients) {
      sum += g.to(DType.FLOAT64).dividedBy(unit).square().sum().item();
    }
    return sum;
  }

  /**
   * The gradients, multiplied by maxNorm / (norm + 1e-6) if that is below 1.
   *
   * @throws IllegalArgumentException if maxNorm is negative or NaN
   */
  public static List<NdArray> clipGradNorm(List<NdArray> gradients, double maxNorm) {
    if (!(maxNorm >= 0)) {
      throw new IllegalArgumentException("clipGradNorm: maxNorm must be >= 0, was " + maxNorm);
    }
    double factor = maxNorm / (norm(gradients) + EPS);
    return factor < 1 ? gradients.stream().map(g -> g.times(factor)).toList() : gradients;
  }

  /**
   * The gradients, if all are finite; costs no more than a look at them. {@code
   * optimizer.step(requireFinite(loss, parameters, tape.gradientOf(loss, parameters)))} stops
   * before a NaN reaches the parameters.
   *
   * @param gradients one per parameter, of the loss
   * @throws ArithmeticException if one has a NaN or an infinity; names the parameter, the line of
   *     the tape where it began, that line's scope and the cause
   */
  public static List<NdArray> requireFinite(
      Tensor loss, List<Parameter> parameters, List<NdArray> gradients) {
    Shapes.given("requireFinite", "a loss", loss);
    int expected = Shapes.given("requireFinite", "a list of parameters", parameters).size();
    if (Shapes.given("requireFinite", "a list of gradients", gradients).size() != expected) {
      throw new IllegalArgumentException(
          "requireFinite: %d parameters, but %d gradients".formatted(expected, gradients.size()));
    }
    for (int i = 0; i < gradients.size(); i++) {
      Parameter parameter = Shapes.given("requireFinite", "every parameter", parameters.get(i));
      if (!Shapes.given("requireFinite", "every gradient", gradients.get(i)).isFinite()) {
        throw notFinite(loss, parameter);
      }
    }
    return gradients;
  }

  private static ArithmeticException notFinite(Tensor loss, Parameter parameter) {
    Tensor x = loss.tape().variable(parameter);
    Explanation explanation = loss.tape().explain(loss, x);
    Why why = explanation.why(x);
    String scope = explanation.lines().get(why.line().orElse(0)).scope();
    return new ArithmeticException(
        "the gradient of %s is not finite: %s%s"
            .formatted(parameter.name(), why.summary(), scope.isEmpty() ? "" : ", in " + scope));
  }
}
