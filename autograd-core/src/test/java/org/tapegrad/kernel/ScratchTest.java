package org.tapegrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScratchTest {
  /** A length that no kernel needs. */
  private static final int HUGE = 1 << 24;

  /** A short request leaves the long array to the long one that follows. */
  @Test
  void theShortestThatFitsIsTaken() {
    double[] longest = ScratchF64.borrow(HUGE + 100);
    double[] shorter = ScratchF64.borrow(HUGE);
    assertNotSame(longest, shorter);
    ScratchF64.giveBack(shorter);
    ScratchF64.giveBack(longest);
    assertSame(shorter, ScratchF64.borrow(HUGE - 1));
    assertSame(longest, ScratchF64.borrow(HUGE + 1));
    assertEquals(HUGE + 1, ScratchF64.borrow(HUGE + 1).length);
  }

  /** Small convolutions and larger ones in turn allocate nothing but small objects. */
  @Test
  void kernelsInTurnDoNotAllocate() {
    assumeTrue(Kernels.VECTORIZED, "plain kernels need no packed copies");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] images = new double[32 * 4096];
    double[] weight = new double[32 * 32 * 9];
    Convolution<double[]> kernel = new VectorConvolutionF64();
    long least = Long.MAX_VALUE; // vectors are boxed until the kernels are compiled
    long end = System.nanoTime() + 60_000_000_000L;
    while (least >= 200_000 && System.nanoTime() < end) {
      long[] ids = threads.getAllThreadIds();
      long before = Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum();
      for (int channels : new int[] {8, 32}) {
        ConvolutionShape s =
            new ConvolutionShape(1, channels, 64, 64, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1);
        kernel.forward(s, images, weight, images.clone());
        kernel.weightGradient(s, images, images, weight);
      }
      long allocated = Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum() - before;
      least = Math.min(least, allocated - 2 * images.length * Double.BYTES);
    }
    assertTrue(least < 200_000, least + " bytes");
  }
}
