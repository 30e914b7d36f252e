package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeSumTest {
  private final Random random = new Random(3);

  /** Of sizes so different that every order of adding rounds in its own way. */
  private List<Contribution> contributions(int count) {
    List<Contribution> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] gradient = new float[50];
      for (int j = 0; j < gradient.length; j++) {
        gradient[j] = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
      }
      double loss = random.nextDouble();
      all.add(new Contribution(loss, 2 * loss, 3 * loss, List.of(gradient)));
    }
    return all;
  }

  private static void assertSame(Contribution expected, Contribution actual) {
    assertEquals(expected.content(), actual.content());
    assertEquals(expected.style(), actual.style());
    assertEquals(expected.total(), actual.total());
    assertArrayEquals(expected.gradients().get(0), actual.gradients().get(0));
  }

  private static Contribution sum(List<Contribution> all, List<Integer> order) {
    TreeSum sum = new TreeSum();
    order.forEach(i -> sum.add(i, all.get(i)));
    return sum.total(all.size());
  }

  @Test
  void theTreeIsThatOfTheNumbers() {
    List<Contribution> c = contributions(7);
    Contribution four = c.get(0).plus(c.get(1)).plus(c.get(2).plus(c.get(3)));
    Contribution byHand = four.plus(c.get(4).plus(c.get(5))).plus(c.get(6));
    assertSame(byHand, sum(c, List.of(0, 1, 2, 3, 4, 5, 6)));
    Contribution inTurn = c.stream().reduce(Contribution::plus).orElseThrow();
    assertNotEquals(
        List.of(inTurn.gradients().get(0)[0], inTurn.gradients().get(0)[1]),
        List.of(byHand.gradients().get(0)[0], byHand.gradients().get(0)[1]));
  }

  @Test
  void theOrderOfArrivalMakesNoDifference() {
    for (int count : new int[] {1, 2, 3, 5, 8, 13}) {
      List<Contribution> all = contributions(count);
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        order.add(i);
      }
      Contribution inOrder = sum(all, order);
      for (int i = 0; i < 10; i++) {
        Collections.shuffle(order, random);
        assertSame(inOrder, sum(all, order));
      }
    }
  }

  @Test
  void howTheImagesAreDealtOutMakesNoDifference() {
    int count = 11;
    List<Contribution> all = contributions(count);
    TreeSum one = new TreeSum();
    for (int i = 0; i < count; i++) {
      one.add(i, all.get(i));
    }
    for (int parts = 1; parts <= count; parts++) {
      List<TreeSum> sums = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        TreeSum sum = new TreeSum();
        for (int i = part * count / parts; i < (part + 1) * count / parts; i++) {
          sum.add(i, all.get(i));
        }
        sums.add(sum);
      }
      Collections.shuffle(sums, random);
      TreeSum together = new TreeSum();
      sums.forEach(together::addAll);
      assertSame(one.total(count), together.total(count));
    }
  }

  @Test
  void everyImageIsNeededOnce() {
    TreeSum sum = new TreeSum();
    Contribution c = contributions(1).get(0);
    for (int image : new int[] {0, 1, 3}) {
      sum.add(image, c);
    }
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> sum.total(4));
    assertEquals("sum: needs the images 0 to 3, has [0, 3]", e.getMessage());
    assertThrows(IllegalStateException.class, () -> sum.total(2));
    sum.add(2, c);
    assertEquals(4 * c.total(), sum.total(4).total(), 1e-12);
  }
}
