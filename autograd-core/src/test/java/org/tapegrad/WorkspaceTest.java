package org.tapegrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class WorkspaceTest {
  private static final int N = 1000;
  private final Workspace workspace = new Workspace();

  private record Weight(String name, NdArray value) implements Variable {}

  /** Enough different operations that arrays of all kinds change hands. */
  private static Tensor loss(Tape tape, Weight w, NdArray x) {
    Tensor a = tape.variable(w);
    Tensor h = a.matmul(tape.constant(x)).plus(1).square();
    Tensor k = h.transpose().broadcastTo(2, x.size(1), w.value().size(0)).sum(0).transpose();
    Tensor s = k.slice(1, 1, 3).pad(1, 1, x.size(1) - 3).reshape(h.shape());
    return s.plus(h).times(h.exp().plus(1).log()).dividedBy(h.plus(2)).mean();
  }

  /** A training in a workspace takes the very same steps as on the heap. */
  @ParameterizedTest
  @EnumSource
  void sameNumbersAsOnTheHeap(DType dtype) {
    SplittableRandom random = new SplittableRandom(1);
    NdArray start = NdArray.normal(dtype, random, 0, 1, 4, 5);
    Weight heap = new Weight("w", start.copy());
    Weight arena = new Weight("w", start.copy());
    for (int step = 0; step < 10; step++) {
      NdArray x = NdArray.normal(dtype, random, 0, 1, 5, 6);
      Tape tape = new Tape();
      NdArray g = tape.gradientOf(loss(tape, heap, x), List.of(heap)).get(0);
      heap.value().assign(heap.value().minus(g));
      try (Workspace.Step s = workspace.step()) {
        Tensor loss = loss(s.tape(), arena, x);
        NdArray same = s.tape().gradientOf(loss, List.of(arena)).get(0);
        assertEquals(g, same);
        arena.value().assign(arena.value().minus(same));
      }
      assertEquals(heap.value(), arena.value());
    }
  }

  /** So that an operation that reads what it should have written does not pass its test. */
  @Test
  void unwrittenArraysAreNotANumberWithAssertionsOn() {
    assumeTrue(Workspace.class.desiredAssertionStatus());
    for (int i = 0; i < 2; i++) {
      try (Workspace.Step step = workspace.step()) {
        NdArray y = step.tape().variable(NdArray.ones(DType.FLOAT64, N)).exp().value();
        NdArray unwritten = y.emptyLike(N);
        assertTrue(Double.isNaN(unwritten.get(0)) && Double.isNaN(unwritten.get(N - 1)));
        assertEquals(NdArray.zeros(DType.FLOAT64, N), y.zerosLike(N));
      }
    }
  }

  @Test
  void arraysServeTheNextStep() {
    NdArray x = NdArray.ones(DType.FLOAT64, N);
    Object first;
    try (Workspace.Step step = workspace.step()) {
      first = step.tape().constant(x).plus(1).value().data();
      assertEquals(0, workspace.idleBytes());
    }
    assertEquals(8L * N, workspace.idleBytes());
    try (Workspace.Step step = workspace.step()) {
      assertSame(first, step.tape().constant(x).times(2).value().data());
      assertNotSame(first, step.tape().constant(x).times(2).value().data());
    }
    assertEquals(8L * 2 * N, workspace.idleBytes());
  }

  /** After the first step nothing is allocated any more, whatever is differentiated. */
  @ParameterizedTest
  @EnumSource
  void memoryDoesNotGrow(DType dtype) {
    NdArray x = NdArray.normal(dtype, new SplittableRandom(2), 0, 1, 5, 6);
    Weight w = new Weight("w", NdArray.normal(dtype, new SplittableRandom(3), 0, 1, 4, 5));
    List<Long> idle = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try (Workspace.Step step = workspace.step()) {
        Tensor loss = loss(step.tape(), w, x);
        step.tape().gradientOf(loss, List.of(w));
        Tensor g = step.tape().differentiableGradient(loss, step.tape().variable(w));
        step.tape().gradientOf(g.square().sum(), List.of(w));
      }
      idle.add(workspace.idleBytes());
    }
    assertTrue(idle.get(0) > 0);
    assertEquals(List.of(idle.get(0)), idle.stream().distinct().toList());
  }

  /**
   * Measured at the thread that does it all: arrays of this length are not handed out. Of loops
   * that C2 vectorises by itself: those of exp and log box vectors where it did not inline them.
   */
  @Test
  void laterStepsAllocateNothing() {
    assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    NdArray x = NdArray.ones(DType.FLOAT64, 30_000);
    long allocated = Long.MAX_VALUE; // the least of any step: vectors are boxed until compiled
    long end = System.nanoTime() + 120_000_000_000L;
    for (int i = 0; i < 2 || allocated > 8 * 30_000 && System.nanoTime() < end; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      try (Workspace.Step step = workspace.step()) {
        Tensor a = step.tape().variable(x);
        step.tape().gradient(a.square().times(a).plus(1).sqrt().sum(), a);
      }
      allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(allocated < 8 * 30_000, allocated + " bytes");
  }

  /** A chain of n ops needs its n values for the walk back, but only a few gradients at a time. */
  @Test
  void gradientsAreGivenBackOnTheWay() {
    try (Workspace.Step step = workspace.step()) {
      Tensor x = step.tape().variable(NdArray.ones(DType.FLOAT64, N));
      Tensor y = x;
      for (int i = 0; i < 100; i++) {
        y = y.sin();
      }
      step.tape().gradient(y.sum(), x);
    }
    long arrays = workspace.idleBytes() / (8L * N);
    assertTrue(arrays >= 100 && arrays < 110, arrays + " arrays");
  }

  @Test
  void laterUseIsAnError() {
    NdArray parameter = NdArray.ones(DType.FLOAT64, 2);
    NdArray value;
    NdArray gradient;
    NdArray copy;
    Tape tape;
    try (Workspace.Step step = workspace.step()) {
      tape = step.tape();
      Tensor x = tape.variable(parameter);
      Tensor y = x.exp().sum();
      value = y.value();
      gradient = tape.gradient(y, x);
      copy = gradient.copy();
    }
    for (Function<NdArray, Object> use :
        List.<Function<NdArray, Object>>of(
            NdArray::toString,
            NdArray::toDoubleArray,
            a -> a.plus(a),
            NdArray::copy,
            a -> a.reshape(-1).sum(),
            NdArray::writableData,
            a -> a.zerosLike(1))) {
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> use.apply(gradient));
      assertEquals(
          "workspace: this array belongs to a step that has been closed; copy() what is to outlive"
              + " its step",
          e.getMessage());
      assertThrows(IllegalStateException.class, () -> use.apply(value));
    }
    assertEquals(parameter.exp(), copy);
    assertEquals(Math.E, copy.get(1), Math.ulp(Math.E)); // our exp is within 0.92 of a last digit
    assertEquals(NdArray.ones(DType.FLOAT64, 2), parameter);
    assertThrows(IllegalStateException.class, () -> tape.constant(parameter).plus(1));
  }

  @Test
  void oneStepAtATime() {
    Workspace.Step step = workspace.step();
    IllegalStateException e = assertThrows(IllegalStateException.class, workspace::step);
    assertEquals(
        "workspace: the step before is still open; use try (Workspace.Step step = ...)",
        e.getMessage());
    step.close();
    Workspace.Step next = workspace.step();
    step.close(); // a second time, which must not close the next one
    next.tape().constant(NdArray.scalar(1)).plus(1);
    assertThrows(IllegalStateException.class, step::tape);
    next.close();
  }

  @Test
  void tapesAndWorkspacesKeepApart() {
    Workspace second = new Workspace();
    try (Workspace.Step a = workspace.step();
        Workspace.Step b = second.step()) {
      NdArray fromA = a.tape().constant(NdArray.ones(DType.FLOAT64, N)).plus(1).value();
      NdArray result = b.tape().constant(fromA).plus(1).value();
      assertEquals(3, result.get(0));
    }
    assertEquals(8L * N, workspace.idleBytes());
    assertEquals(8L * N, second.idleBytes());
  }

  /** Steps of ever other sizes hold no more than the last few; a size that recurs is kept. */
  @Test
  void sizesThatDoNotRecurAreGivenUp() {
    Object kept = null;
    for (int i = 1; i <= 400; i++) {
      try (Workspace.Step step = workspace.step()) {
        Tensor recurring = step.tape().constant(NdArray.zeros(DType.FLOAT64, 7)).plus(1);
        assertTrue(kept == null || kept == recurring.value().data());
        kept = recurring.value().data();
        step.tape().constant(NdArray.zeros(DType.FLOAT64, i * N)).plus(1);
      }
      assertTrue(workspace.idleBytes() <= 8L * (7 + 4L * i * N), () -> workspace.idleBytes() + "");
    }
    for (int i = 0; i < 4; i++) {
      workspace.step().close();
    }
    assertEquals(0, workspace.idleBytes());
  }
}
