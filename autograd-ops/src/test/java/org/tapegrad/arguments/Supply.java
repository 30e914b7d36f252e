package org.tapegrad.arguments;

import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Variable;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;

/**
 * Arguments of any type: numbers in and out of range, functions that answer with something, with
 * nothing or with null, and for all else what earlier calls returned, or null.
 */
public final class Supply {
  public static final int[] INTEGERS = {0, 1, 2, 3, 4, -1, -2, 7, -9, Integer.MIN_VALUE};
  public static final double[] NUMBERS = {
    0, 1, 0.5, -1, 2, 1e300, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  /** Shapes of arrays, empty ones and images among them. */
  public static final int[][] SHAPES = {
    {},
    {0},
    {1},
    {3},
    {2, 3},
    {3, 3},
    {0, 3},
    {2, 3, 4},
    {2, 0, 4},
    {1, 2, 4, 4},
    {2, 3, 4, 4},
    {2, 0, 4, 4},
    {2, 2, 3, 3},
    {4, 2, 1, 1},
    {0, 2, 4, 4},
    {1, 0, 4, 4},
    {2, 3, 0, 4},
    {1, 2, 3, 4, 5}
  };

  private static final int[][] NO_SHAPES = {{-1, 2}, {-2}, {3, -1, -1}};

  /** So many values of a class are kept; then a new one replaces any. */
  private static final int KEPT = 30;

  /** The largest array that is kept: what is computed from results must not grow for ever. */
  private static final int LARGEST = 600;

  private final SplittableRandom random;
  private final Path folder;
  private final Map<Class<?>, List<Object>> results = new LinkedHashMap<>();
  private Tensor first;
  private final Map<String, List<?>> functions = new HashMap<>();

  Supply(long seed, Path folder) {
    random = new SplittableRandom(seed);
    this.folder = folder;
    List<Function<Tensor, Tensor>> ofTensor =
        List.of(Tensor::square, x -> x.sum(), x -> x.times(2).mean(), Tensor::detach, x -> null);
    functions.put("Function<Tensor, Tensor>", ofTensor);
    functions.put("UnaryOperator<Tensor>", List.<UnaryOperator<Tensor>>of(Tensor::exp, x -> null));
    functions.put(
        "Function<List<Tensor>, Tensor>",
        List.<Function<List<Tensor>, Tensor>>of(
            xs -> xs.isEmpty() ? null : xs.get(0).square().sum(), xs -> null));
    functions.put(
        "BinaryOperator<Tensor>", List.<BinaryOperator<Tensor>>of(Tensor::times, (x, y) -> null));
    functions.put(
        "GradientCheck$Function3",
        List.<GradientCheck.Function3>of((x, y, z) -> x.times(y).plus(z), (x, y, z) -> null));
    functions.put(
        "Function<Tape, Tensor>",
        List.<Function<Tape, Tensor>>of(
            tape -> tape.variable(NdArray.scalar(2)).square(), tape -> null));
    functions.put(
        "ToDoubleFunction<double[]>",
        List.<ToDoubleFunction<double[]>>of(x -> Arrays.stream(x).map(v -> v * v).sum()));
    functions.put(
        "UnaryOperator<double[]>",
        List.<UnaryOperator<double[]>>of(
            x -> Arrays.stream(x).map(v -> 2 * v).toArray(), x -> new double[1], x -> null));
    functions.put(
        "Function<double[], double[][]>",
        List.<Function<double[], double[][]>>of(
            x -> new double[][] {x}, x -> new double[2][], x -> null));
    functions.put(
        "BinaryOperator<double[]>",
        List.<BinaryOperator<double[]>>of((x, v) -> x, (x, v) -> v, (x, v) -> null));
    functions.put(
        "Function<double[][], double[]>",
        List.<Function<double[][], double[]>>of(x -> x.length == 0 ? null : x[0], x -> null));
    functions.put(
        "BiFunction<double[][], double[], double[][]>",
        List.<BiFunction<double[][], double[], double[][]>>of(
            (x, v) -> x, (x, v) -> new double[][] {v}, (x, v) -> null));
    functions.put("DoubleUnaryOperator", List.<DoubleUnaryOperator>of(Math::sin));
    functions.put("DoubleBinaryOperator", List.<DoubleBinaryOperator>of(Math::max));
    functions.put(
        "Pullback$Rule", List.<Pullback.Rule>of((y, g) -> g, (y, g) -> g.times(y), (y, g) -> null));
    functions.put(
        "Pullback$Fused",
        List.<Pullback.Fused>of(
            (g, needed) -> new NdArray[] {g}, (g, needed) -> new NdArray[2], (g, n) -> null));
    Tensor x = new Tape().variable(NdArray.scalar(2));
    functions.put("Explanation", List.of(x.tape().explain(x.square().log(), x)));
    functions.put("Variable", List.of(new Weight("w", NdArray.scalar(1)), new Weight(null, null)));
  }

  /** What can be loaded. */
  private record State(Map<?, ?> arrays) {}

  private record Weight(String name, NdArray value) implements Variable {}

  <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** Something of the type, or null. */
  Object argument(Type declared) {
    Type type = declared instanceof WildcardType w ? w.getUpperBounds()[0] : declared;
    boolean primitive = type instanceof Class<?> c && c.isPrimitive();
    return !primitive && random.nextInt(8) == 0 ? null : value(type);
  }

  /** Something of the type; null if there is nothing yet. */
  Object value(Type type) {
    Class<?> raw =
        type instanceof ParameterizedType p
            ? (Class<?>) p.getRawType()
            : type instanceof Class<?> c ? c : Object.class;
    List<?> known = functions.get(name(type));
    if (raw == List.class || raw == Map.class) {
      return container((ParameterizedType) type, raw);
    } else if (known != null && random.nextInt(3) > 0) {
      return any(known);
    } else if (raw.isEnum()) {
      return any(Arrays.asList(raw.getEnumConstants()));
    } else if (raw.isArray() && !raw.getComponentType().isPrimitive()) {
      Object array = Array.newInstance(raw.getComponentType(), random.nextInt(3));
      for (int i = 0; i < Array.getLength(array); i++) {
        Array.set(array, i, argument(raw.getComponentType()));
      }
      return array;
    }
    return switch (raw.getSimpleName()) {
      case "int" -> random.nextInt(4) == 0 ? integer() : random.nextInt(4);
      case "long" -> (long) integer();
      case "double", "Double" -> NUMBERS[random.nextInt(NUMBERS.length)];
      case "boolean" -> random.nextBoolean();
      case "long[]" -> random.longs(random.nextInt(4), -1, 1L << 33).toArray();
      case "int[]" ->
          random.nextBoolean()
              ? any(List.of(random.nextInt(6) == 0 ? NO_SHAPES : SHAPES))
              : random.ints(random.nextInt(4), -2, 5).toArray();
      case "double[]" -> random.doubles(random.nextInt(9)).toArray();
      case "float[]" -> new float[random.nextInt(9)];
      case "String" -> any(List.of("", "a", "b.c", "weight", "v\n" + random.nextInt(4)));
      case "Object" -> any(List.of("text", 1.5, new int[] {2}, 3));
      case "RandomGenerator" -> (RandomGenerator) random;
      case "DMatrixRMaj" -> new DMatrixRMaj(random.nextInt(3), 2);
      case "FMatrixRMaj" -> new FMatrixRMaj(random.nextInt(3), 2);
      case "Path" -> any(List.of(folder, folder.resolve("a"), folder.resolve("no/b")));
      default -> result(raw);
    };
  }

  private int integer() {
    return INTEGERS[random.nextInt(INTEGERS.length)];
  }

  private Object container(ParameterizedType type, Class<?> raw) {
    Type[] of = type.getActualTypeArguments();
    int n = random.nextInt(4);
    if (raw == List.class) {
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        list.add(argument(of[0]));
      }
      return list;
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    if (of[1] == NdArray.class && random.nextBoolean() && result(State.class) instanceof State s) {
      return s.arrays;
    }
    for (int i = 0; i < n; i++) {
      map.put(argument(of[0]), argument(of[1]));
    }
    return map;
  }

  private Object result(Class<?> type) {
    List<Object> fitting =
        results.entrySet().stream()
            .filter(e -> type.isAssignableFrom(e.getKey()))
            .flatMap(e -> e.getValue().stream())
            .toList();
    List<Object> related = fitting.stream().filter(this::isRelated).toList();
    List<Object> drawnFrom = related.isEmpty() || random.nextInt(4) == 0 ? fitting : related;
    Object drawn = drawnFrom.isEmpty() ? null : any(drawnFrom);
    first = first == null && drawn instanceof Tensor t ? t : first;
    return drawn;
  }

  /** Whether it is on the tape and of the type of the first tensor of this call. */
  private boolean isRelated(Object value) {
    return first == null
        || value instanceof Tensor t && t.tape() == first.tape() && t.dtype() == first.dtype()
        || value instanceof Tape tape && tape == first.tape();
  }

  /** Arguments from here on are those of another call. */
  void nextCall() {
    first = null;
  }

  /** Keeps a result, and what lists and maps of results have in them. */
  void keep(Object result) {
    if (result instanceof Iterable<?> list && !(result instanceof Path)) { // of paths, for ever
      list.forEach(this::keep);
    } else if (result instanceof Map<?, ?> map) {
      map.values().forEach(this::keep);
      if (!map.isEmpty() && map.values().stream().allMatch(NdArray.class::isInstance)) {
        keep(new State(map));
      }
    } else if (result != null && !result.getClass().isHidden() && !isLarge(result)) {
      List<Object> kept = results.computeIfAbsent(result.getClass(), c -> new ArrayList<>());
      if (kept.size() < KEPT) {
        kept.add(result);
      } else {
        kept.set(random.nextInt(KEPT), result);
      }
    }
  }

  private static boolean isLarge(Object result) {
    return result instanceof NdArray a && a.size() > LARGEST
        || result instanceof Tensor t && t.value().size() > LARGEST;
  }

  /** A type as sources write it, without packages. */
  static String name(Type type) {
    return type.getTypeName().replaceAll("(\\w+\\.)+", "");
  }
}
