package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.arguments.Supply;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Every public operation, called with whatever its arguments' types allow: it answers, or it
 * refuses by an exception that says so; none that tells of a place inside reaches the caller.
 */
class ArgumentsTest {
  private static final int CALLS = 150;
  private Tape tape = new Tape();
  private final Tape other = new Tape();
  private final SplittableRandom random = new SplittableRandom(3);

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private NdArray array() {
    DType type = random.nextInt(8) == 0 ? DType.FLOAT32 : DType.FLOAT64;
    return NdArray.normal(type, random, 0, 1, any(List.of(Supply.SHAPES)));
  }

  private Tensor tensor() {
    return (random.nextInt(8) == 0 ? other : tape).variable(array());
  }

  private int integer() {
    return Supply.INTEGERS[random.nextInt(Supply.INTEGERS.length)];
  }

  /** Mostly ordinary numbers: one that is refused hides what comes after it. */
  private int size() {
    return random.nextInt(4) == 0 ? integer() : random.nextInt(4);
  }

  private Object argument(Class<?> type) {
    Map<Class<?>, Supplier<Object>> known =
        Map.of(
            Tensor.class, this::tensor,
            NdArray.class, this::array,
            int.class, this::size,
            double.class, () -> Supply.NUMBERS[random.nextInt(Supply.NUMBERS.length)],
            boolean.class, random::nextBoolean,
            int[].class, () -> random.ints(random.nextInt(4), -2, 5).toArray(),
            List.class, () -> Stream.generate(this::tensor).limit(random.nextInt(3)).toList(),
            Reduction.class, () -> any(List.of(Reduction.values())),
            Conv2dOptions.class, this::convolution,
            Pool2dOptions.class, this::pooling);
    boolean absent = !type.isPrimitive() && random.nextInt(12) == 0;
    return absent || !known.containsKey(type) ? null : known.get(type).get();
  }

  /** Options within their ranges; what they refuse themselves is tested elsewhere. */
  private Conv2dOptions convolution() {
    return Conv2dOptions.DEFAULT
        .withStride(one(), one())
        .withPadding(random.nextInt(3), random.nextInt(3))
        .withDilation(one(), one())
        .withOutputPadding(random.nextInt(4) / 3)
        .withGroups(one());
  }

  private Pool2dOptions pooling() {
    return Pool2dOptions.kernelSize(1 + random.nextInt(3), one())
        .withStride(one(), one())
        .withDilation(one(), one())
        .withCeilMode(random.nextBoolean());
  }

  /** Mostly small, and the largest. */
  private int one() {
    return random.nextInt(12) == 0 ? Integer.MAX_VALUE : Math.max(1, random.nextInt(4));
  }

  @Test
  void everyOperationAnswersOrRefuses() throws URISyntaxException, IllegalAccessException {
    Map<String, String> bare = new TreeMap<>();
    int answers = 0;
    int refusals = 0;
    List<Method> methods = new ArrayList<>(OpTableTest.operations().toList());
    methods.addAll(Arrays.asList(Tensor.class.getDeclaredMethods()));
    methods.removeIf(
        m -> !Modifier.isPublic(m.getModifiers()) || m.getReturnType() != Tensor.class);
    for (Method m : methods) {
      for (int call = 0; call < CALLS; call++) {
        tape = new Tape();
        Tensor x = tensor();
        Object[] arguments = Arrays.stream(m.getParameterTypes()).map(this::argument).toArray();
        Tensor y = null;
        try {
          y = (Tensor) m.invoke(Modifier.isStatic(m.getModifiers()) ? null : x, arguments);
          differentiate(y, x, arguments);
          answers++;
        } catch (InvocationTargetException | RuntimeException e) {
          Throwable thrown = y == null ? e.getCause() : e;
          if (y == null && isRefusal(thrown)) {
            refusals++;
          } else {
            StackTraceElement[] trace = thrown.getStackTrace();
            Object at = trace.length > 0 ? trace[0] : "";
            bare.put(m.getName() + " " + thrown + " " + at, shown(arguments));
          }
        }
      }
    }
    assertEquals("", String.join("\n", bare.entrySet().stream().map(String::valueOf).toList()));
    assertTrue(answers > 1000 && refusals > 1000, answers + " answers, " + refusals + " refusals");
  }

  private static boolean isRefusal(Throwable e) {
    return (e instanceof IllegalArgumentException && !(e instanceof NumberFormatException)
            || e.getClass() == IllegalStateException.class)
        && e.getMessage() != null;
  }

  /** To the second order, with respect to all that is on the tape of y. */
  private static void differentiate(Tensor y, Tensor x, Object[] arguments) {
    List<Tensor> inputs =
        Stream.concat(Stream.of(x), Arrays.stream(arguments))
            .flatMap(a -> a instanceof List<?> list ? list.stream() : Stream.ofNullable(a))
            .filter(a -> a instanceof Tensor t && t.tape() == y.tape())
            .map(a -> (Tensor) a)
            .toList();
    if (y.isConstant() || inputs.isEmpty()) {
      return;
    }
    Tensor g = y.tape().variable(NdArray.ones(y.dtype(), y.shape()));
    List<Tensor> first = y.tape().differentiableVjp(List.of(y), List.of(g), inputs);
    for (int i = 0; i < first.size(); i++) {
      assertArrayEquals(inputs.get(i).shape(), first.get(i).shape());
      if (!first.get(i).isConstant()) {
        NdArray ones = NdArray.ones(y.dtype(), first.get(i).shape());
        y.tape().vjp(List.of(first.get(i)), List.of(ones), inputs);
      }
    }
    y.tape().vjp(List.of(y), List.of(g.value()), inputs);
  }

  private static String shown(Object[] arguments) {
    return Arrays.stream(arguments)
        .map(
            a ->
                a instanceof Tensor t
                    ? t.value().describe()
                    : a instanceof int[] i ? Arrays.toString(i) : "" + a)
        .toList()
        .toString();
  }
}
