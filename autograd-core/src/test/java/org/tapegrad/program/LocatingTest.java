package org.tapegrad.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.Variable;
import org.tapegrad.array.NdArray;

/** Where lines come from. In a package of its own, as a program that uses the library. */
class LocatingTest {
  private record Weight(String name, NdArray value) implements Variable {}

  private static int here() {
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(1).findFirst().get().getLineNumber());
  }

  @Test
  void aLocatingTapeRemembersLinesOfTheProgram() {
    Tape tape = Tape.locating();
    int first = here() + 1;
    Tensor x = tape.variable(NdArray.scalar(2));
    Tensor w = tape.variable(new Weight("w", NdArray.scalar(3)));
    Tensor y = List.of(x).stream().map(v -> v.times(w)).toList().get(0);
    Explanation e = tape.explain(y);
    List<StackTraceElement> places =
        e.lines().stream().map(l -> l.location().orElseThrow()).toList();
    assertEquals(
        List.of(first, first + 1, first + 2),
        places.stream().map(StackTraceElement::getLineNumber).toList());
    assertEquals("LocatingTest.java", places.get(2).getFileName());
    assertEquals(
        "v0 = variable : float64[]  at LocatingTest.java:" + first,
        e.toString().lines().findFirst().get());
  }

  @Test
  void anOrdinaryTapeDoesNot() {
    Tape tape = new Tape();
    Tensor y = tape.variable(NdArray.scalar(2)).exp();
    assertEquals(Optional.empty(), tape.explain(y).lines().get(1).location());
  }

  @Test
  void scopesNest() {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(2));
    try (Tape.Scope block = tape.scope("block1")) {
      x = x.exp();
      try (Tape.Scope conv = tape.scope("conv")) {
        x = x.exp();
      }
      try (Tape.Scope conv = tape.scope("block1/norm")) { // by its whole path
        x = x.exp();
      }
      try (Tape.Scope same = tape.scope("block1")) {
        x = x.exp();
      }
    }
    x = x.exp();
    assertEquals(
        List.of("", "block1", "block1/conv", "block1/norm", "block1", ""),
        tape.explain(x).lines().stream().map(Explanation.Line::scope).toList());
  }

  @Test
  void aScopeNeedsAName() {
    Tape tape = new Tape();
    assertThrows(IllegalArgumentException.class, () -> tape.scope(null));
    assertThrows(IllegalArgumentException.class, () -> tape.scope(" "));
  }
}
