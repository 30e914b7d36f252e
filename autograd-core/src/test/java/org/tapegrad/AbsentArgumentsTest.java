package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/** Every public method of the engine and of arrays says which argument is missing. */
class AbsentArgumentsTest {
  private record Weight(String name, NdArray value) implements Variable {}

  private final NdArray array = NdArray.of(new double[] {1, 2, 3, 4}, 2, 2);
  private final Tape tape = new Tape();
  private final Tensor tensor = tape.variable(array);
  private final Tensor scalar = tensor.sum();
  private double number;

  private Object example(Class<?> type, Method method) {
    boolean several = method.getName().matches("vjp|differentiableVjp|valueAndGrad");
    if (type == Tensor.class) {
      return method.getName().matches("gradient.*|differentiableGradient|explain")
          ? scalar
          : tensor;
    } else if (type == List.class) {
      return several
          ? List.of()
          : method.getName().equals("gradientOf")
              ? List.of(new Weight("w", array))
              : List.of(tensor);
    }
    return switch (type.getSimpleName()) {
      case "NdArray" -> array;
      case "DType" -> DType.FLOAT64;
      case "Variable" -> new Weight("w", array);
      case "String" -> "op";
      case "int[]" -> new int[] {2, 2};
      case "double[]" -> new double[4];
      case "float[]" -> new float[4];
      case "int" -> 0;
      case "double" -> ++number;
      case "boolean" -> false;
      case "DMatrixRMaj" -> new DMatrixRMaj(2, 2);
      case "FMatrixRMaj" -> new FMatrixRMaj(2, 2);
      case "RandomGenerator" -> (RandomGenerator) new SplittableRandom(1);
      case "DoubleUnaryOperator" -> (DoubleUnaryOperator) Math::abs;
      case "DoubleBinaryOperator" -> (DoubleBinaryOperator) Math::max;
      case "Function" -> (Function<Tensor, Tensor>) Tensor::sum;
      case "Tensor[]" -> new Tensor[0];
      case "Pullback[]" -> new Pullback[] {Pullback.wrt(tensor, (y, g) -> g)};
      case "Object" -> "arguments";
      default -> null;
    };
  }

  private Object receiver(Class<?> type) {
    return type == NdArray.class
        ? array
        : type == Tensor.class ? tensor : type == Explanation.class ? tape.explain(scalar) : tape;
  }

  /** What may be null: operations without arguments or kernel, inputs that are not given. */
  private static boolean mayBeAbsent(Method method, int parameter) {
    Class<?> type = method.getParameterTypes()[parameter];
    return type.isPrimitive()
        || type == Object.class
        || type == Pullback.Fused.class
        || method.getName().matches("equals|hasShape")
        || type.getName().endsWith("Allocator");
  }

  @Test
  void everyAbsentArgumentIsRefusedByName() {
    int tried = 0;
    List<String> bare = new ArrayList<>();
    for (Class<?> type :
        List.of(NdArray.class, Tensor.class, Tape.class, Explanation.class, Derivatives.class)) {
      for (Method method : type.getDeclaredMethods()) {
        if (!Modifier.isPublic(method.getModifiers()) || method.isSynthetic()) {
          continue;
        }
        for (int p = 0; p < method.getParameterCount(); p++) {
          if (mayBeAbsent(method, p)) {
            continue;
          }
          Object[] arguments =
              Arrays.stream(method.getParameterTypes()).map(t -> example(t, method)).toArray();
          arguments[p] = null;
          tried++;
          try {
            method.invoke(receiver(type), arguments);
            bare.add(method + " takes null as argument " + p);
          } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)
                || !String.valueOf(e.getCause().getMessage()).contains("null")) {
              bare.add(method + " argument " + p + ": " + e.getCause());
            }
          } catch (IllegalAccessException e) {
            throw new AssertionError(e);
          }
        }
      }
    }
    assertTrue(tried > 80, "tried " + tried);
    assertEquals("", String.join("\n", bare));
  }
}
