package org.tapegrad.array;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.tapegrad.kernel.Kernels;

class DTypeTest {
  @Test
  void theKernelsInUseAreNamedWithTheirWidth() {
    String name = DType.kernelSet();
    assertEquals(Kernels.VECTORIZED, name.matches("vector, (64|128|256|512) bits"), name);
    assertTrue(Kernels.VECTORIZED || name.equals("plain"), name);
  }
}
