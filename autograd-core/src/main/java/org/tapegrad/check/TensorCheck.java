package org.tapegrad.check;

import static org.tapegrad.array.Shapes.given;

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

/**
 * A check of a gradient: the tape's of a function on tensors, or the one claimed for a function on
 * plain arrays; made by {@link GradientCheck}.
 */
public final class TensorCheck {
  private static final double KERNEL_AGREES = 1e-8;
  private static final double ROUNDING = 1e-12;

  private final Function<List<Tensor>, Tensor> function;
  private final Function<Tape, Tensor> computation;
  private final int arity;
  private final ClaimedOp claim;
  private List<NdArray> point;
  private List<? extends Variable> variables;
  private List<NdArray> state = List.of();
  private Runnable beforeEach = () -> {};
  private List<String> names;
  private List<String> elements;
  private NdArray cotangent;
  private int orders = 2;
  private double lower = Double.NEGATIVE_INFINITY;
  private double upper = Double.POSITIVE_INFINITY;
  private final Options options = new Options();

  /** Arity -1 is any number of arguments. */
  TensorCheck(
      Function<List<Tensor>, Tensor> function, Function<Tape, Tensor> computation, int arity) {
    this.function = function;
    this.computation = computation;
    this.arity = arity;
    this.claim = null;
  }

  TensorCheck(ClaimedOp claim, int arity) {
    this.function = null;
    this.computation = null;
    this.arity = arity;
    this.claim = claim;
    this.orders = 1;
  }

  /** The point, one array per argument, converted to float64 if need be; the arrays are copied. */
  public TensorCheck at(NdArray... x) {
    if (computation != null) {
      throw new IllegalStateException(
          "a computation on a tape is checked withRespectTo(variables), not at(arrays)");
    }
    given("at", "x", x);
    if (arity >= 0 && x.length != arity) {
      throw new IllegalArgumentException(
          "the function takes "
              + arity
              + (arity == 1 ? " argument" : " arguments")
              + ", at() was given "
              + x.length);
    }
    for (int b = 0; b < x.length; b++) {
      given("at", "array " + b, x[b]);
    }
    point = Arrays.stream(x).map(a -> a.to(DType.FLOAT64).copy()).toList();
    return this;
  }

  /** As {@link #at(NdArray...)}, arrays of rank 1. */
  public TensorCheck at(double[]... x) {
    given("at", "x", x);
    return at(
        Arrays.stream(x)
            .map(a -> a == null ? null : NdArray.of(a, a.length))
            .toArray(NdArray[]::new));
  }

  /** As {@link #at(NdArray...)} for a function of one array of rank 1: its elements. */
  public TensorCheck at(double... x) {
    given("at", "x", x);
    return at(NdArray.of(x, x.length));
  }

  /**
   * Bounds that no element of any input leaves on the way, for a function that is not defined
   * beyond. A point where the function throws or is NaN is taken for outside as well.
   */
  public TensorCheck within(double lowest, double highest) {
    if (!(lowest < highest)) {
      throw new IllegalArgumentException(
          "the lower bound must be below the upper, were " + lowest + " and " + highest);
    }
    lower = lowest;
    upper = highest;
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
    given("withRespectTo", "variables", parameters)
        .forEach(v -> given("withRespectTo", "a variable", v));
    variables = List.copyOf(parameters);
    return this;
  }

  /** As {@link #withRespectTo(List)}. */
  public TensorCheck withRespectTo(Variable... parameters) {
    return withRespectTo(Arrays.asList(given("withRespectTo", "variables", parameters)));
  }

  /**
   * Arrays that an evaluation changes, such as running statistics: put back before every evaluation
   * and after the check. A module's whole state may be given; the variables under check are left
   * out of it.
   */
  public TensorCheck restoring(Collection<NdArray> arrays) {
    given("restoring", "arrays", arrays).forEach(a -> given("restoring", "an array", a));
    state = List.copyOf(arrays);
    return this;
  }

  /** Run before every evaluation: the place to seed a generator that the function draws from. */
  public TensorCheck beforeEach(Runnable action) {
    beforeEach = given("beforeEach", "action", action);
    return this;
  }

  /** Names of the arguments, for the report. */
  public TensorCheck named(String... arguments) {
    names = texts("named", arguments);
    return this;
  }

  /**
   * A name for every element of the arguments, in row-major order, for the report: {@code
   * x[pressure]} instead of {@code x[0]}.
   */
  public TensorCheck names(String... ofElements) {
    elements = texts("names", ofElements);
    return this;
  }

  /** A fixed cotangent in the shape of the value instead of random ones. */
  public TensorCheck cotangent(NdArray v) {
    cotangent = given("cotangent", "v", v).to(DType.FLOAT64).copy();
    return this;
  }

  /** As {@link #cotangent(NdArray)}, for a value of rank 1. */
  public TensorCheck cotangent(double... v) {
    return cotangent(NdArray.of(given("cotangent", "v", v), v.length));
  }

  /**
   * Checks gradients up to this order; 2, the gradient of the gradient, unless told, and 1 for a
   * function on plain arrays, whose gradient is claimed to no higher order.
   */
  public TensorCheck orders(int highest) {
    if (highest < 1) {
      throw new IllegalArgumentException("orders must be at least 1, was " + highest);
    }
    if (highest > 1 && claim != null) {
      throw new IllegalArgumentException(
          "a function on plain arrays is checked to order 1, orders was " + highest);
    }
    orders = highest;
    return this;
  }

  /** Start of all random choices. */
  public TensorCheck seed(long seed) {
    options.seed = seed;
    return this;
  }

  /** Random directions per input, each with its own cotangents: the budget; 2 unless told. */
  public TensorCheck directions(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("directions must be at least 1, was " + count);
    }
    options.directions = count;
    return this;
  }

  /** Tries every single element of every input besides the random directions. */
  public TensorCheck everyElement() {
    options.everyElement = true;
    return this;
  }

  /**
   * Decimal digits to which agreement must be shown, below which the verdict is Undetermined; above
   * 0, at most 14, 4 unless told.
   */
  public TensorCheck digits(double digits) {
    if (!(digits > 0 && digits <= 14)) {
      throw new IllegalArgumentException("digits must be above 0 and at most 14, was " + digits);
    }
    options.digits = digits;
    return this;
  }

  /**
   * A known bias: a claimed derivative that is off by this part of itself at most counts as right,
   * and the report says so. For the exact derivative of a solver that stops early, or a continuous
   * adjoint; above 0 and below 1.
   */
  public TensorCheck agreeingTo(double relative) {
    if (!(relative > 0 && relative < 1)) {
      throw new IllegalArgumentException("agreeingTo must be above 0 and below 1, was " + relative);
    }
    options.agreeingTo = relative;
    return this;
  }

  /** Runs the check and throws an AssertionError with the report unless the verdict is Correct. */
  public Report assertCorrect() {
    return report().assertCorrect();
  }

  /** Runs the check. */
  public Report report() {
    TensorProgram program = program();
    SplittableRandom random = new SplittableRandom(options.seed);
    Report.Builder report = new Report.Builder(options);
    try {
      for (int order = 1; order <= orders; order++) {
        int current = order;
        boolean strict = order == 1 && variables == null;
        boolean ran =
            report.order(
                current,
                strict,
                () -> {
                  for (int round = 0; round < options.directions; round++) {
                    ScalarFunction scalar = scalar(program, current, random);
                    report.examine(scalar, round == 0, random.split());
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
          computation == null
              ? "say where to check: at(x)"
              : "say what to check: withRespectTo(variables)");
    }
    if (variables != null) {
      if (elements != null) {
        throw new IllegalStateException("names(...) is for functions of arrays, not of variables");
      }
      List<NdArray> others =
          state.stream().filter(a -> variables.stream().noneMatch(v -> v.value() == a)).toList();
      return new VariableProgram(computation, variables, new StateReset(others, beforeEach));
    }
    StateReset reset = new StateReset(state, beforeEach);
    int n = point.size();
    if (names != null && names.size() != n) {
      throw new IllegalArgumentException(names.size() + " names for " + n + " arguments");
    }
    int size = point.stream().mapToInt(NdArray::size).sum();
    if (elements != null && elements.size() != size) {
      throw new IllegalArgumentException(elements.size() + " names for " + size + " elements");
    }
    List<String> labels =
        names != null
            ? names
            : IntStream.range(0, n).mapToObj(b -> n == 1 ? "x" : "x" + b).toList();
    Function<List<Tensor>, Tensor> called =
        claim == null ? function : inputs -> claim.record(inputs, labels);
    return new ArgumentProgram(called, point, labels, elements, reset);
  }

  /** The program of the wanted order with random cotangents at every level. */
  private ScalarFunction scalar(TensorProgram base, int order, SplittableRandom random) {
    TensorProgram program = base;
    for (int level = 1; ; level++) {
      List<NdArray> outputs = outputs(program);
      List<NdArray> cotangents = new ArrayList<>();
      for (NdArray y : outputs) {
        cotangents.add(level == 1 && cotangent != null ? fixed(y) : randomLike(y, random));
      }
      if (level > 1 || cotangent == null) {
        OutputScales.balance(program, outputs, cotangents, lower, upper);
      }
      if (level == order) {
        return new ScalarFunction(program, cotangents, rounding(outputs, cotangents))
            .within(lower, upper);
      }
      program = new VjpProgram(program, cotangents);
    }
  }

  private NdArray fixed(NdArray y) {
    if (cotangent.size() != y.size()) {
      throw new IllegalArgumentException(
          "cotangent must have as many elements as the value, "
              + y.size()
              + ", had "
              + cotangent.size());
    }
    return cotangent;
  }

  private NdArray randomLike(NdArray y, SplittableRandom random) {
    return isItself(y) || y.rank() == 0 && variables != null
        ? NdArray.ones(DType.FLOAT64, y.shape())
        : NdArray.of(Cotangents.random(y.size(), random), y.shape());
  }

  /** Whether the value {@code R^n -> R} of a plain function is the scalar that is checked. */
  private boolean isItself(NdArray y) {
    return claim != null && y.size() == 1;
  }

  /** Of the sum of all outputs times their cotangents. */
  private double rounding(List<NdArray> outputs, List<NdArray> cotangents) {
    double squares = 0;
    for (int i = 0; i < outputs.size() && !isItself(outputs.get(i)); i++) {
      double[] weights = cotangents.get(i).toDoubleArray();
      squares = Math.hypot(squares, NoiseFloor.length(outputs.get(i).toDoubleArray(), weights));
    }
    return 0x1p-53 * squares;
  }

  /** The outputs at the point; for a gradient, as kernels compute it, compared with formulas. */
  private static List<NdArray> outputs(TensorProgram program) {
    try {
      return outputsOf(program);
    } catch (MisbehaviourException e) {
      throw e;
    } catch (RuntimeException e) {
      double[][] x = program.point().stream().map(NdArray::toDoubleArray).toArray(double[][]::new);
      throw program.threw("the function", x, e);
    }
  }

  private static List<NdArray> outputsOf(TensorProgram program) {
    Tape tape = new Tape();
    List<NdArray> recorded =
        program.run(tape, lifted(program, tape)).stream().map(Tensor::value).toList();
    if (!(program instanceof VjpProgram)) {
      return recorded;
    }
    Tape other = new Tape();
    List<NdArray> unrecorded = program.values(other, lifted(program, other));
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

  private static List<String> texts(String op, String[] texts) {
    for (String text : given(op, "a name", texts)) {
      given(op, "a name", text);
    }
    return List.of(texts);
  }

  private static double largest(NdArray array) {
    return Arrays.stream(array.toDoubleArray()).map(Math::abs).max().orElse(0);
  }
}
