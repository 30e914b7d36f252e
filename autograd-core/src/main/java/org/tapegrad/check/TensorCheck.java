package org.tapegrad.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Variable;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** A check of the tape's gradient of a function on tensors; made by {@link GradientCheck}. */
public final class TensorCheck {
  private static final double KERNEL_AGREES = 1e-8;
  private static final double ROUNDING = 1e-12;

  private final Function<List<Tensor>, Tensor> function;
  private final Function<Tape, Tensor> computation;
  private final int arity;
  private List<NdArray> point;
  private List<? extends Variable> variables;
  private List<NdArray> state = List.of();
  private Runnable beforeEach = () -> {};
  private String[] names;
  private NdArray cotangent;
  private int orders = 2;
  private Effort effort = Effort.DEFAULT;

  /** Arity -1 is any number of arguments. */
  TensorCheck(
      Function<List<Tensor>, Tensor> function, Function<Tape, Tensor> computation, int arity) {
    this.function = function;
    this.computation = computation;
    this.arity = arity;
  }

  /** The point, one array per argument, converted to float64 if need be; the arrays are copied. */
  public TensorCheck at(NdArray... x) {
    if (function == null) {
      throw new IllegalStateException(
          "a computation on a tape is checked withRespectTo(variables), not at(arrays)");
    }
    if (arity >= 0 && x.length != arity) {
      throw new IllegalArgumentException(
          "the function takes " + arity + " arguments, at() was given " + x.length);
    }
    point = Arrays.stream(x).map(a -> a.to(DType.FLOAT64).copy()).toList();
    return this;
  }

  /**
   * The variables to check, at their current values, which must be float64 and are the same bits
   * afterwards.
   */
  public TensorCheck withRespectTo(List<? extends Variable> parameters) {
    if (computation == null) {
      throw new IllegalStateException(
          "a function of arguments is checked at(arrays), not withRespectTo(variables)");
    }
    variables = List.copyOf(parameters);
    return this;
  }

  /** As {@link #withRespectTo(List)}. */
  public TensorCheck withRespectTo(Variable... parameters) {
    return withRespectTo(List.of(parameters));
  }

  /**
   * Arrays that an evaluation changes, such as running statistics: put back before every evaluation
   * and after the check. A module's whole state may be given; the variables under check are left
   * out of it.
   */
  public TensorCheck restoring(Collection<NdArray> arrays) {
    state = List.copyOf(arrays);
    return this;
  }

  /** Run before every evaluation: the place to seed a generator that the function draws from. */
  public TensorCheck beforeEach(Runnable action) {
    beforeEach = action;
    return this;
  }

  /** Names of the arguments, for the report. */
  public TensorCheck named(String... arguments) {
    names = arguments.clone();
    return this;
  }

  /** A fixed cotangent in the shape of the value instead of random ones. */
  public TensorCheck cotangent(NdArray v) {
    cotangent = v.to(DType.FLOAT64).copy();
    return this;
  }

  /** Checks gradients up to this order; 2, the gradient of the gradient, unless told. */
  public TensorCheck orders(int highest) {
    if (highest < 1) {
      throw new IllegalArgumentException("orders must be at least 1, was " + highest);
    }
    orders = highest;
    return this;
  }

  /** Start of all random choices. */
  public TensorCheck seed(long seed) {
    effort = effort.withSeed(seed);
    return this;
  }

  /** Random directions per input, each with its own cotangents: the budget; 2 unless told. */
  public TensorCheck directions(int count) {
    effort = effort.withDirections(count);
    return this;
  }

  /** Tries every single element of every input besides the random directions. */
  public TensorCheck everyElement() {
    effort = effort.withEveryElement();
    return this;
  }

  /**
   * Decimal digits to which agreement must be shown, below which the verdict is Undetermined; 4
   * unless told.
   */
  public TensorCheck digits(double digits) {
    effort = effort.withDigits(digits);
    return this;
  }

  /** Runs the check and throws an AssertionError with the report unless the verdict is Correct. */
  public Report assertCorrect() {
    return report().assertCorrect();
  }

  /** Runs the check. */
  public Report report() {
    TensorProgram program = program();
    SplittableRandom random = new SplittableRandom(effort.seed());
    Report.Builder report = new Report.Builder(effort);
    try {
      for (int order = 1; order <= orders; order++) {
        int current = order;
        boolean strict = order == 1 && variables == null;
        boolean ran =
            report.order(
                current,
                strict,
                () -> {
                  for (int round = 0; round < effort.directions(); round++) {
                    Effort share = round == 0 ? effort : effort.withoutElements();
                    Subject subject = subject(program, current, random);
                    report.examine(subject, share, random.split());
                  }
                });
        if (!ran) {
          break;
        }
      }
    } finally {
      program.restore();
    }
    return report.build();
  }

  private TensorProgram program() {
    if (point == null && variables == null) {
      throw new IllegalStateException(
          function != null
              ? "say where to check: at(x)"
              : "say what to check: withRespectTo(variables)");
    }
    if (variables != null) {
      List<NdArray> others =
          state.stream().filter(a -> variables.stream().noneMatch(v -> v.value() == a)).toList();
      return new VariableProgram(computation, variables, new StateReset(others, beforeEach));
    }
    StateReset reset = new StateReset(state, beforeEach);
    int n = point.size();
    if (names != null && names.length != n) {
      throw new IllegalArgumentException(names.length + " names for " + n + " arguments");
    }
    List<String> labels =
        names != null
            ? List.of(names)
            : IntStream.range(0, n).mapToObj(b -> n == 1 ? "x" : "x" + b).toList();
    return new ArgumentProgram(function, point, labels, reset);
  }

  /** The program of the wanted order with random cotangents at every level. */
  private Subject subject(TensorProgram base, int order, SplittableRandom random) {
    TensorProgram program = base;
    for (int level = 1; ; level++) {
      List<NdArray> outputs = outputs(program);
      List<NdArray> cotangents = new ArrayList<>();
      for (NdArray y : outputs) {
        cotangents.add(level == 1 && cotangent != null ? cotangent : randomLike(y, random));
      }
      if (level == order) {
        return new TensorSubject(program, cotangents, outputs);
      }
      program = new HigherOrder(program, cotangents);
    }
  }

  private NdArray randomLike(NdArray y, SplittableRandom random) {
    return y.rank() == 0 && variables != null
        ? NdArray.scalar(1)
        : NdArray.of(Cotangents.random(y.size(), random), y.shape());
  }

  /** The outputs at the point; for a gradient, as kernels compute it, compared with formulas. */
  private static List<NdArray> outputs(TensorProgram program) {
    Tape tape = new Tape();
    List<NdArray> recorded =
        program.run(tape, lifted(program, tape)).stream().map(Tensor::value).toList();
    if (!(program instanceof HigherOrder gradient)) {
      return recorded;
    }
    Tape other = new Tape();
    List<NdArray> unrecorded = gradient.runUnrecorded(other, lifted(program, other));
    double largest = unrecorded.stream().mapToDouble(TensorCheck::largest).max().orElse(0);
    for (int i = 0; i < recorded.size(); i++) {
      double[] formula = recorded.get(i).toDoubleArray();
      double[] kernel = unrecorded.get(i).toDoubleArray();
      double allowed = KERNEL_AGREES * largest(unrecorded.get(i)) + ROUNDING * largest;
      for (int j = 0; j < formula.length; j++) {
        if (Math.abs(formula[j] - kernel[j]) > allowed) {
          throw new MisbehaviourException(
              Verdict.Fault.KERNEL_DIFFERS_FROM_FORMULA,
              Numbers.format(
                  "element %d of the gradient of %s is %s by the fast gradient and %s by the"
                      + " differentiable formula",
                  j, program.names().get(i), Numbers.exact(kernel[j]), Numbers.exact(formula[j])));
        }
      }
    }
    return unrecorded;
  }

  private static List<Tensor> lifted(TensorProgram program, Tape tape) {
    return program.lift(tape, program.point().stream().map(NdArray::copy).toList());
  }

  private static double largest(NdArray array) {
    return Arrays.stream(array.toDoubleArray()).map(Math::abs).max().orElse(0);
  }
}
