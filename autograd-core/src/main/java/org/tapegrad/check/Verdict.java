package org.tapegrad.check;

import java.util.List;

/** What a gradient check concluded. */
public sealed interface Verdict {

  /** The verdict in one sentence. */
  String summary();

  /** How grave it is, 0 for {@link Correct}: of several verdicts a report gives the gravest. */
  int gravity();

  /** True for {@link Correct} only. */
  default boolean isCorrect() {
    return gravity() == 0;
  }

  /** Whether it leaves nothing to compare gradients of higher order with. */
  default boolean endsCheck() {
    return false;
  }

  /**
   * The claimed gradient agrees with the numerical one in every direction tried.
   *
   * @param digits decimal digits of agreement in the worst direction; a smaller relative error
   *     would not have been seen
   * @param agreeingTo the relative bias that was stated for the claim, 0 for none
   */
  record Correct(double digits, double agreeingTo) implements Verdict {
    /** Without a bias. */
    public Correct(double digits) {
      this(digits, 0);
    }

    @Override
    public int gravity() {
      return 0;
    }

    @Override
    public String summary() {
      String text = Numbers.format("Correct to %.1f digits", digits);
      return agreeingTo == 0
          ? text
          : text + ", within the bias of " + Numbers.power(agreeingTo) + " stated by agreeingTo";
    }
  }

  /**
   * The claimed gradient contradicts the function.
   *
   * @param input name of the worst input
   * @param element its worst element as indices, {@code [n, c, h, w]}
   * @param index the same as a flat row-major index
   * @param analytic the claimed derivative with respect to that element
   * @param numeric the extrapolated finite difference
   * @param errorEstimate how far {@code numeric} may be off
   * @param slope how the Taylor remainder falls with the step: 2 for a right gradient, 1 for a
   *     wrong one, NaN when the remainder never leaves the rounding noise
   */
  record Wrong(
      String input,
      String element,
      int index,
      double analytic,
      double numeric,
      double errorEstimate,
      double slope)
      implements Verdict {

    /** |analytic - numeric|. */
    public double absoluteError() {
      return Math.abs(analytic - numeric);
    }

    /** The absolute error divided by the larger of the two derivatives. */
    public double relativeError() {
      return absoluteError() / Math.max(Math.abs(analytic), Math.abs(numeric));
    }

    /** How many times the discrepancy exceeds what the numerical error could explain. */
    public double sureness() {
      return absoluteError() / errorEstimate;
    }

    @Override
    public int gravity() {
      return 5;
    }

    @Override
    public String summary() {
      return Numbers.format(
          "Wrong at %s%s: analytic %s, numeric %s %s %.1e (absolute error %.2e, relative %.2e,"
              + " %.1e times what the numerical error explains%s)",
          input,
          element,
          Numbers.exact(analytic),
          Numbers.exact(numeric),
          Numbers.plusMinus(),
          errorEstimate,
          absoluteError(),
          relativeError(),
          sureness(),
          Double.isNaN(slope)
              ? ""
              : Numbers.format("; Taylor remainder falls with slope %.2f, right is 2", slope));
    }
  }

  /**
   * An element sits on a point where the function has no derivative; elsewhere the gradient agrees.
   * Derivatives are those of cotangent · value.
   *
   * @param input name of the input
   * @param element the element as indices
   * @param index the same as a flat row-major index
   * @param left derivative from below, infinite at a jump or a vertical tangent, NaN outside the
   *     function's domain
   * @param right derivative from above
   * @param analytic the claimed derivative
   * @param count how many elements of all inputs sit on such a point
   * @param digits digits of agreement of the other elements
   */
  record Kink(
      String input,
      String element,
      int index,
      double left,
      double right,
      double analytic,
      int count,
      double digits)
      implements Verdict {

    /** True when the claimed derivative lies between the one-sided ones, as a subgradient does. */
    public boolean between() {
      double low = Double.isNaN(left) ? right : Double.isNaN(right) ? left : Math.min(left, right);
      double high = Double.isNaN(left) ? right : Double.isNaN(right) ? left : Math.max(left, right);
      return analytic >= low && analytic <= high;
    }

    @Override
    public int gravity() {
      return 1;
    }

    @Override
    public String summary() {
      return Numbers.format(
          "Kink at %s%s: derivative %s from the left, %s from the right, claimed %s (%s)%s; %s",
          input,
          element,
          Numbers.shortest(left),
          Numbers.shortest(right),
          Numbers.shortest(analytic),
          between() ? "between them" : "not between them",
          count > 1 ? ", and " + (count - 1) + " more such elements" : "",
          digits > 0
              ? Numbers.format("elsewhere %.1f digits agree", digits)
              : "there is nothing else to compare");
    }
  }

  /**
   * Neither the function nor the claim reacts to these inputs, so the check would have passed on
   * almost anything.
   *
   * @param inputs the names of the inputs
   */
  record Vacuous(List<String> inputs) implements Verdict {
    @Override
    public int gravity() {
      return 3;
    }

    @Override
    public boolean endsCheck() {
      return true;
    }

    @Override
    public String summary() {
      return "Vacuous: value and claimed gradient do not react to "
          + String.join(", ", inputs)
          + " beyond rounding, because the function does not depend on it here or the cotangent"
          + " lies in the op's null space (as that of sum(y) does for a normalised y); use a random"
          + " cotangent or another point";
    }
  }

  /**
   * Rounding noise or slow convergence hides the answer.
   *
   * @param input where
   * @param digits the digits that could be reached there
   * @param noise absolute rounding noise of one value of the function
   * @param reason what hides it, where that is known, else empty
   */
  record Undetermined(String input, double digits, double noise, String reason) implements Verdict {
    @Override
    public int gravity() {
      return 2;
    }

    @Override
    public String summary() {
      return Numbers.format(
          "Undetermined at %s: finite differences reach %.1f digits here (%s)",
          input,
          digits,
          reason.isEmpty() ? Numbers.format("noise of one value %.1e", noise) : reason);
    }
  }

  /** Which of the two derivatives is not a number. */
  enum Side {
    /** The claimed gradient is NaN or infinite where the function is smooth. */
    ANALYTIC,
    /** The function is NaN or infinite where the claimed gradient is finite. */
    NUMERIC,
    /** Neither is finite. */
    BOTH
  }

  /**
   * A derivative is NaN or infinite.
   *
   * @param side whose
   * @param input name of the first such input
   * @param element its element as indices, empty when the function itself has no finite value
   * @param index the same as a flat row-major index, -1 when there is none
   * @param thrown what the function threw and where, empty if it did not
   */
  record NotANumber(Side side, String input, String element, int index, String thrown)
      implements Verdict {
    @Override
    public int gravity() {
      return 6;
    }

    @Override
    public boolean endsCheck() {
      return true;
    }

    @Override
    public String summary() {
      String where = input + element + (thrown.isEmpty() ? "" : ": " + thrown);
      return switch (side) {
        case ANALYTIC ->
            "Not a number: the claimed gradient is NaN or infinite at "
                + where
                + " although finite differences are finite";
        case NUMERIC ->
            "Not a number: the function is NaN or infinite around the point ("
                + where
                + ") although the claimed gradient is finite";
        case BOTH ->
            "Not a number: function and claimed gradient are both NaN or infinite (" + where + ")";
      };
    }
  }

  /** Ways in which a function or its gradient breaks the rules of the check. */
  enum Fault {
    /** Two evaluations at the same point differ. */
    FUNCTION_NOT_REPEATABLE,
    /** Two gradients at the same point differ. */
    BACKWARD_NOT_REENTRANT,
    /** The claimed gradient has more or fewer parts than there are inputs. */
    WRONG_NUMBER_OF_GRADIENTS,
    /** A part of the claimed gradient has another shape than its input. */
    WRONG_SHAPE,
    /** The function or its gradient changed an input. */
    INPUT_CHANGED,
    /** The engine could not run the gradient. */
    BACKWARD_FAILED,
    /** An op's fast gradient and its differentiable formula give different numbers. */
    KERNEL_DIFFERS_FROM_FORMULA
  }

  /**
   * The claim cannot be compared with anything.
   *
   * @param fault what is wrong
   * @param detail where, in words
   */
  record Misbehaved(Fault fault, String detail) implements Verdict {
    @Override
    public int gravity() {
      return fault == Fault.KERNEL_DIFFERS_FROM_FORMULA ? 4 : 7;
    }

    @Override
    public boolean endsCheck() {
      return true;
    }

    @Override
    public String summary() {
      return fault.name().charAt(0)
          + fault.name().substring(1).toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
          + ": "
          + detail;
    }
  }
}
