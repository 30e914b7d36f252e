package org.tapegrad.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.optable.OpCase;
import org.tapegrad.optable.OpTable;

/**
 * Gradients that are written, added to or not asked for: here these are the needed targets, inputs
 * that are used more than once, and calls that share their inputs. Each is compared with the sum of
 * its parts, for every row of the table of operations.
 */
class AccumulationTest {

  static List<OpCase> rows() {
    return OpTable.rows();
  }

  private static NdArray cotangent(Tensor y, long seed) {
    return NdArray.normal(DType.FLOAT64, new SplittableRandom(seed), 0, 1, y.shape());
  }

  private static List<NdArray> vjp(Tensor y, NdArray g, List<Tensor> targets) {
    return y.tape().vjp(List.of(y), List.of(g), targets);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everySetOfNeededInputs(OpCase row) {
    Tape tape = new Tape();
    List<Tensor> inputs = row.draw(DType.FLOAT64, 21).stream().map(tape::variable).toList();
    Tensor y = row.call().apply(inputs);
    NdArray g = cotangent(y, 1);
    List<NdArray> all = vjp(y, g, inputs);
    for (int set = 1; set < 1 << inputs.size(); set++) {
      List<Tensor> needed = new ArrayList<>();
      List<NdArray> expected = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        if ((set >> i & 1) == 1) {
          needed.add(inputs.get(i));
          expected.add(all.get(i));
        }
      }
      assertEquals(expected, vjp(y, g, needed), row + " needed " + Integer.toBinaryString(set));
    }
  }

  private static List<NdArray> byFormula(Tensor y, NdArray g, List<Tensor> targets) {
    Tape tape = y.tape();
    return tape.differentiableVjp(List.of(y), List.of(tape.constant(g)), targets).stream()
        .map(Tensor::value)
        .toList();
  }

  /** What is not needed is a constant: the others' gradients are the same, kernel and formula. */
  @ParameterizedTest
  @MethodSource("rows")
  void everySetOfConstantInputs(OpCase row) {
    List<NdArray> arrays = row.draw(DType.FLOAT64, 24);
    Tape tape = new Tape();
    List<Tensor> variables = arrays.stream().map(tape::variable).toList();
    Tensor y = row.call().apply(variables);
    NdArray g = cotangent(y, 1);
    List<NdArray> all = vjp(y, g, variables);
    List<NdArray> allByFormula = byFormula(y, g, variables);
    for (int set = 1; set < 1 << arrays.size(); set++) {
      Tape fresh = new Tape();
      List<Tensor> inputs = new ArrayList<>();
      for (int i = 0; i < arrays.size(); i++) {
        boolean needed = (set >> i & 1) == 1;
        inputs.add(needed ? fresh.variable(arrays.get(i)) : fresh.constant(arrays.get(i)));
      }
      Tensor again = row.call().apply(inputs);
      assertEquals(y.value(), again.value());
      for (int i = 0; i < arrays.size(); i++) {
        if ((set >> i & 1) == 1) {
          String what = row + " variables " + Integer.toBinaryString(set) + " input " + i;
          List<Tensor> target = List.of(inputs.get(i));
          assertEquals(all.get(i), vjp(again, g, target).get(0), what);
          assertEquals(allByFormula.get(i), byFormula(again, g, target).get(0), what);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void twoCallsOnTheSameInputs(OpCase row) {
    Tape tape = new Tape();
    List<Tensor> inputs = row.draw(DType.FLOAT64, 22).stream().map(tape::variable).toList();
    Tensor first = row.call().apply(inputs);
    Tensor second = row.call().apply(inputs);
    NdArray g1 = cotangent(first, 1);
    NdArray g2 = cotangent(second, 2);
    List<NdArray> together = tape.vjp(List.of(first, second), List.of(g1, g2), inputs);
    List<NdArray> ofFirst = vjp(first, g1, inputs);
    List<NdArray> ofSecond = vjp(second, g2, inputs);
    for (int i = 0; i < inputs.size(); i++) {
      assertClose(ofFirst.get(i).plus(ofSecond.get(i)), together.get(i), row + " input " + i);
    }
  }

  /** Every pair of inputs of one shape replaced by one tensor. */
  @ParameterizedTest
  @MethodSource("rows")
  void oneTensorForTwoInputs(OpCase row) {
    List<NdArray> arrays = row.draw(DType.FLOAT64, 23);
    for (int i = 0; i < arrays.size(); i++) {
      for (int j = i + 1; j < arrays.size(); j++) {
        if (Arrays.equals(arrays.get(i).shape(), arrays.get(j).shape())) {
          repeat(row, arrays, i, j);
        }
      }
    }
  }

  private static void repeat(OpCase row, List<NdArray> arrays, int i, int j) {
    List<NdArray> equal = new ArrayList<>(arrays);
    equal.set(j, arrays.get(i));
    Tape apart = new Tape();
    List<Tensor> separate = equal.stream().map(apart::variable).toList();
    Tensor y = row.call().apply(separate);
    assertTrue(y.value().isFinite(), row + " is not defined for equal inputs");
    NdArray g = cotangent(y, 3);
    List<NdArray> parts = vjp(y, g, List.of(separate.get(i), separate.get(j)));
    Tape shared = new Tape();
    List<Tensor> inputs = new ArrayList<>(equal.stream().map(shared::variable).toList());
    inputs.set(j, inputs.get(i));
    Tensor again = row.call().apply(inputs);
    NdArray sum = vjp(again, g, List.of(inputs.get(i))).get(0);
    assertClose(parts.get(0).plus(parts.get(1)), sum, row + " inputs " + i + " and " + j);
  }

  private static void assertClose(NdArray expected, NdArray actual, String what) {
    double scale = expected.size() == 0 ? 1 : 1 + expected.map(Math::abs).max().item();
    assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-13 * scale, what);
  }
}
