package org.tapegrad.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.check.Verdict;
import org.tapegrad.zoo.MutatedOp.Mutant;
import org.tapegrad.zoo.MutatedOp.Regime;

/**
 * How many mutants of an op a checker kills in one regime, and how often it accuses the correct
 * gradient.
 */
public final class KillTable {

  /** A checker under test: what it says of a claimed gradient at a point. */
  @FunctionalInterface
  public interface Checker {
    /** The verdict. */
    Verdict check(ArrayFunction f, ArrayFunction.Pullback claimed, double[][] x, long seed);

    /** {@link GradientCheck} as it comes. */
    static Checker standard() {
      return (f, claimed, x, seed) ->
          GradientCheck.ofArrays(f::value, claimed::gradient).at(x).seed(seed).report().verdict();
    }
  }

  /**
   * One op in one regime.
   *
   * @param kills per mutant, in how many of the seeds the verdict was Wrong
   * @param mutantSeeds seeds tried per mutant
   * @param accused in how many seeds the correct gradient was called Wrong
   * @param passed in how many seeds the correct gradient was called Correct
   * @param correctSeeds seeds tried on the correct gradient
   * @param digits fewest digits of agreement that a correct gradient was shown to have
   */
  public record Row(
      MutatedOp op,
      Regime regime,
      int[] kills,
      int mutantSeeds,
      int accused,
      int passed,
      int correctSeeds,
      double digits) {

    /** The number of mutants killed with every seed. */
    public int killed() {
      int count = 0;
      for (int k : kills) {
        count += k == mutantSeeds ? 1 : 0;
      }
      return count;
    }

    /** The names of the mutants that survived at least one seed. */
    public List<String> survivors() {
      List<String> names = new ArrayList<>();
      for (int m = 0; m < kills.length; m++) {
        if (kills[m] < mutantSeeds) {
          Mutant mutant = op.mutants().get(m);
          names.add(mutant.name() + " (" + kills[m] + "/" + mutantSeeds + ")");
        }
      }
      return names;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-28s %-12s killed %2d of %2d   correct: accused %d, passed %d of %d, at least %4.1f"
              + " digits%s",
          op.name(),
          regime.title(),
          killed(),
          kills.length,
          accused,
          passed,
          correctSeeds,
          digits,
          survivors().isEmpty() ? "" : "   survived: " + String.join(", ", survivors()));
    }
  }

  private KillTable() {}

  /** Runs a checker over an op in a regime. */
  public static Row row(
      MutatedOp op, Regime regime, int mutantSeeds, int correctSeeds, Checker checker) {
    int[] kills = new int[op.mutants().size()];
    int accused = 0;
    int passed = 0;
    double digits = Double.POSITIVE_INFINITY;
    for (int seed = 0; seed < Math.max(mutantSeeds, correctSeeds); seed++) {
      double[][] x = op.sample().draw(regime, new SplittableRandom(seed));
      long start = 31L * seed + 7;
      BiFunction<ArrayFunction.Pullback, Long, Verdict> verdict =
          (claimed, s) -> checker.check(op.forward(), claimed, x, s);
      if (seed < correctSeeds) {
        Verdict v = verdict.apply(op.correct(), start);
        accused += v instanceof Verdict.Wrong ? 1 : 0;
        passed += v.isCorrect() ? 1 : 0;
        digits = v instanceof Verdict.Correct c ? Math.min(digits, c.digits()) : digits;
      }
      for (int m = 0; seed < mutantSeeds && m < kills.length; m++) {
        Verdict v = verdict.apply(op.mutants().get(m).pullback(), start);
        kills[m] += v instanceof Verdict.Wrong ? 1 : 0;
      }
    }
    return new Row(op, regime, kills, mutantSeeds, accused, passed, correctSeeds, digits);
  }
}
