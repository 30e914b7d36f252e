package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.tapegrad.kernel.Taps.Kind;
import org.tapegrad.kernel.Taps.Stretch;

/** How a sparse map is cut into stretches that one loop can compute. */
class TapsTest {

  private static Taps selecting(int inputs, int outputs, IntUnaryOperator source) {
    return Taps.selecting(inputs, outputs, source);
  }

  /** Result i has counts[i] taps on the values from i on, with weights 1, 2, 3, ... */
  private static Taps counting(int... counts) {
    return Taps.of(
        counts.length + 8,
        counts.length,
        (i, taps) -> {
          for (int t = 0; t < counts[i]; t++) {
            taps.add(i + t, t + 1);
          }
        });
  }

  /** The rows of the map as its stretches describe them; rows of kind ANY are left empty. */
  private static double[][] dense(Taps taps) {
    double[][] rows = new double[taps.outputs()][taps.inputs()];
    int next = 0;
    for (Stretch s : taps.stretches()) {
      assertEquals(next, s.from(), "stretches follow each other");
      assertTrue(s.to() > s.from(), "no stretch is empty");
      next = s.to();
      for (int i = s.from(); i < s.to() && s.kind() != Kind.ANY; i++) {
        for (int t = 0; t < s.taps(); t++) {
          boolean even = s.kind() == Kind.EVEN;
          int at = even ? t : t * (s.to() - s.from()) + i - s.from();
          int index = s.indices()[at] + (even ? s.step() * (i - s.from()) : 0);
          rows[i][index] += s.weights()[at];
        }
      }
    }
    assertEquals(taps.outputs(), next, "stretches reach to the end");
    return rows;
  }

  private static List<String> kinds(Taps taps) {
    List<String> kinds = new ArrayList<>();
    for (Stretch s : taps.stretches()) {
      kinds.add(s.kind() + " " + s.from() + ".." + s.to());
    }
    return kinds;
  }

  @Test
  void identity() {
    assertTrue(selecting(5, 5, i -> i).isIdentity());
    assertTrue(selecting(1, 1, i -> i).isIdentity());
    assertFalse(selecting(6, 5, i -> i).isIdentity(), "a value is dropped");
    assertFalse(selecting(5, 6, i -> Math.min(i, 4)).isIdentity(), "a value is repeated");
    assertFalse(selecting(5, 5, i -> 4 - i).isIdentity(), "turned round");
    assertFalse(selecting(5, 5, i -> i < 4 ? i : -1).isIdentity(), "a zero");
    assertFalse(selecting(1, 1, i -> -1).isIdentity(), "nothing but a zero");
    assertFalse(selecting(20, 20, i -> i < 10 ? i : 29 - i).isIdentity(), "two halves");
    assertFalse(Taps.of(5, 5, (i, taps) -> taps.add(i, 2)).isIdentity(), "doubled");
    Taps twice =
        Taps.of(
            5,
            5,
            (i, taps) -> {
              taps.add(i, 1);
              taps.add(0, 1);
            });
    assertFalse(twice.isIdentity(), "something added");
  }

  @Test
  void repeats() {
    assertArrayEquals(
        new boolean[] {false, true, false, true, false}, selecting(3, 5, i -> i / 2).repeats());
    assertArrayEquals(
        new boolean[] {false, true, false, false},
        selecting(3, 4, i -> i < 2 ? -1 : i - 1).repeats(),
        "two zeros");
    Taps weighted = Taps.of(2, 3, (i, taps) -> taps.add(0, i == 0 ? 1 : 2));
    assertArrayEquals(new boolean[] {false, false, true}, weighted.repeats());
  }

  @Test
  void evenStretches() {
    for (int step : new int[] {1, 2, 3, -1}) {
      Taps taps = selecting(60, 20, i -> step > 0 ? step * i : 19 - i);
      Stretch s = taps.stretches().get(0);
      assertEquals(List.of("EVEN 0..20"), kinds(taps));
      assertEquals(step, s.step());
      assertEquals(1, s.taps());
      assertEquals(step == 1, s.isCopy());
      for (int i = 0; i < 20; i++) {
        assertEquals(1, dense(taps)[i][step > 0 ? step * i : 19 - i]);
      }
    }
    Taps blur =
        Taps.of(
            22,
            20,
            (i, taps) -> {
              taps.add(i, 0.25);
              taps.add(i + 1, 0.5);
              taps.add(i + 2, 0.25);
            });
    assertEquals(List.of("EVEN 0..20"), kinds(blur));
    assertEquals(3, blur.stretches().get(0).taps());
    assertFalse(blur.stretches().get(0).isCopy());
    assertArrayEquals(new double[] {0.25, 0.5, 0.25}, blur.stretches().get(0).weights());
    assertFalse(selecting(20, 20, i -> 0).stretches().get(0).isCopy(), "a copy moves on");
    assertFalse(Taps.of(9, 9, (i, taps) -> taps.add(i, 2)).stretches().get(0).isCopy());
  }

  @Test
  void copiesWithoutOrder() {
    Taps permutation = selecting(40, 40, i -> i * 7 % 40);
    assertEquals(List.of("COPIES 0..40"), kinds(permutation));
    double[][] rows = dense(permutation);
    for (int i = 0; i < 40; i++) {
      assertEquals(1, rows[i][i * 7 % 40]);
    }
  }

  @Test
  void bordersAroundAnEvenMiddle() {
    Taps reflected = selecting(30, 36, i -> i < 3 ? 3 - i : i < 33 ? i - 3 : 61 - i);
    assertEquals(List.of("ANY 0..4", "EVEN 4..33", "ANY 33..36"), kinds(reflected));
    assertEquals(1, dense(reflected)[4][1]);
    assertEquals(1, dense(reflected)[32][29]);
  }

  /** Where one result has at most twice the taps of another, the missing ones are halves. */
  @Test
  void tapsAreHalvedToMakeNumbersEqual() {
    int[] counts = new int[24];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = 2 + i % 3;
    }
    Taps taps = counting(counts);
    assertEquals(List.of("EQUAL 0..24"), kinds(taps));
    assertEquals(4, taps.stretches().get(0).taps());
    double[][] rows = dense(taps);
    for (int i = 0; i < counts.length; i++) {
      for (int t = 0; t < counts[i]; t++) {
        assertEquals(t + 1, rows[i][i + t]);
      }
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] = i % 2 == 0 ? 1 : 3;
    }
    assertEquals(List.of("ANY 0..24"), kinds(counting(counts)), "three times as many");
    for (int i = 0; i < counts.length; i++) {
      counts[i] = i % 2;
    }
    assertEquals(List.of("ANY 0..24"), kinds(counting(counts)), "nothing cannot be halved");
  }

  @Test
  void transposedTwiceIsTheSame() {
    Taps taps = counting(1, 3, 0, 2);
    assertSame(taps, taps.transposed().transposed());
    assertEquals(12, taps.transposed().outputs());
    assertEquals(4, taps.transposed().inputs());
    assertEquals(
        List.of(1, 1, 1, 2, 1, 0),
        List.of(
            taps.transposed().count(0),
            taps.transposed().count(1),
            taps.transposed().count(2),
            taps.transposed().count(3),
            taps.transposed().count(4),
            taps.transposed().count(5)));
  }

  @Test
  void aWeightOfZeroIsNoTap() {
    Taps taps =
        Taps.of(
            3,
            1,
            (i, sink) -> {
              sink.add(0, 0);
              sink.add(1, 5);
              sink.add(2, -0.0);
            });
    assertEquals(1, taps.count(0));
    assertFalse(taps.copies(0));
  }
}
