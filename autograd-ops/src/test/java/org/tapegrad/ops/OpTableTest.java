package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.check.GradientCheck;
import org.tapegrad.optable.OpCase;
import org.tapegrad.optable.OpTable;

/** Every row of the table of operations is checked in every way. */
class OpTableTest {
  /** Methods of Tensor that are no operations. */
  private static final Set<String> NOT_OPS = Set.of("detach");

  static List<OpCase> rows() {
    return OpTable.rows();
  }

  /** A recorded call and a random gradient of its output. */
  private record Call(Tape tape, List<Tensor> inputs, Tensor output, NdArray cotangent) {
    static Call of(OpCase row, List<NdArray> arrays) {
      Tape tape = new Tape();
      List<Tensor> inputs = arrays.stream().map(tape::variable).toList();
      Tensor y = row.call().apply(inputs);
      NdArray g =
          NdArray.normal(DType.FLOAT64, new SplittableRandom(7), 0, 1, y.shape()).to(y.dtype());
      return new Call(tape, inputs, y, g);
    }

    List<NdArray> gradients(List<Tensor> targets) {
      return tape.vjp(List.of(output), List.of(cotangent), targets);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gradientsOfAllOrdersAgreeWithFiniteDifferences(OpCase row) {
    GradientCheck.ofList(row.call())
        .at(row.draw(DType.FLOAT64, 11).toArray(NdArray[]::new))
        .orders(row.orders())
        .digits(row.digits())
        .assertCorrect();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void kernelGradientIsTheFormulasGradient(OpCase row) {
    Call call = Call.of(row, row.draw(DType.FLOAT64, 12));
    List<NdArray> kernel = call.gradients(call.inputs);
    List<Tensor> formula =
        call.tape.differentiableVjp(
            List.of(call.output), List.of(call.tape.constant(call.cotangent)), call.inputs);
    for (int i = 0; i < kernel.size(); i++) {
      assertClose(formula.get(i).value(), kernel.get(i), 1e-11, row + " input " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void inputsAreLeftAlone(OpCase row) {
    List<NdArray> arrays = row.draw(DType.FLOAT64, 13);
    List<NdArray> copies = arrays.stream().map(NdArray::copy).toList();
    Call call = Call.of(row, arrays);
    NdArray output = call.output.value().copy();
    NdArray cotangent = call.cotangent.copy();
    call.gradients(call.inputs);
    assertEquals(copies, arrays);
    assertEquals(output, call.output.value());
    assertEquals(cotangent, call.cotangent);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void float32FollowsFloat64(OpCase row) {
    List<NdArray> wide =
        row.draw(DType.FLOAT32, 14).stream().map(a -> a.to(DType.FLOAT64)).toList();
    Call single = Call.of(row, row.draw(DType.FLOAT32, 14));
    Call twice = Call.of(row, wide);
    assertEquals(DType.FLOAT32, single.output.dtype());
    assertClose(twice.output.value(), single.output.value().to(DType.FLOAT64), 2e-5, row + "");
    List<NdArray> expected = twice.gradients(twice.inputs);
    List<NdArray> gradients = single.gradients(single.inputs);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(DType.FLOAT32, gradients.get(i).dtype());
      assertClose(expected.get(i), gradients.get(i).to(DType.FLOAT64), 2e-4, row + " input " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gradientsThatAreNotNeededChangeNothingElse(OpCase row) {
    List<NdArray> arrays = row.draw(DType.FLOAT64, 15);
    Call call = Call.of(row, arrays);
    List<NdArray> all = call.gradients(call.inputs);
    for (int i = 0; i < arrays.size(); i++) {
      assertEquals(all.get(i), call.gradients(List.of(call.inputs.get(i))).get(0));
      Tape tape = new Tape();
      int only = i;
      List<Tensor> inputs = new ArrayList<>();
      for (int j = 0; j < arrays.size(); j++) {
        inputs.add(j == only ? tape.variable(arrays.get(j)) : tape.constant(arrays.get(j)));
      }
      Call alone = new Call(tape, inputs, row.call().apply(inputs), call.cotangent);
      assertEquals(all.get(i), alone.gradients(List.of(inputs.get(only))).get(0));
    }
  }

  @Test
  void everyPublicOperationHasARow() throws URISyntaxException {
    Set<String> rows = rows().stream().map(OpCase::op).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    Stream<Method> fluent =
        Arrays.stream(Tensor.class.getDeclaredMethods())
            .filter(m -> !Modifier.isStatic(m.getModifiers()) && !NOT_OPS.contains(m.getName()));
    for (Method m : Stream.concat(fluent, operations()).toList()) {
      String name = m.getDeclaringClass().getSimpleName() + "." + m.getName();
      if (Modifier.isPublic(m.getModifiers())
          && m.getReturnType() == Tensor.class
          && !rows.contains(name)) {
        missing.add(name);
      }
    }
    assertTrue(missing.isEmpty(), "operations without a row: " + missing);
    assertTrue(rows.size() > 40, "rows of " + rows.size() + " operations");
  }

  /** The public static methods of all classes in the package of the operations. */
  static Stream<Method> operations() throws URISyntaxException {
    File folder =
        new File(Activations.class.getResource("Activations.class").toURI()).getParentFile();
    return Arrays.stream(folder.list((dir, name) -> name.endsWith(".class")))
        .map(name -> loaded("org.tapegrad.ops." + name.substring(0, name.length() - 6)))
        .filter(c -> Modifier.isPublic(c.getModifiers()))
        .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
        .filter(m -> Modifier.isStatic(m.getModifiers()));
  }

  private static Class<?> loaded(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertClose(NdArray expected, NdArray actual, double tolerance, String what) {
    double[] e = expected.toDoubleArray();
    double[] a = actual.toDoubleArray();
    double scale = Arrays.stream(e).map(Math::abs).max().orElse(0) + 1;
    assertEquals(e.length, a.length, what);
    for (int i = 0; i < e.length; i++) {
      assertEquals(e[i], a[i], tolerance * scale, what + " element " + i);
    }
  }
}
