package org.tapegrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tapegrad.Explanation;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Conv2dOptions;

/** What modules record is grouped under their names. */
class ScopesTest {
  private static final DType DTYPE = DType.FLOAT64;
  private final SplittableRandom random = new SplittableRandom(1);
  private final Tape tape = new Tape();
  private final Tensor x = tape.variable(NdArray.normal(DTYPE, random, 0, 1, 1, 2, 4, 4));

  /** The scopes in the order in which they were first met, without that of x. */
  private Set<String> scopes(Function<Tensor, Tensor> network) {
    Tensor y = network.apply(x).sum();
    return tape.explain(y).lines().stream()
        .map(Explanation.Line::scope)
        .filter(scope -> !scope.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Test
  void everyLayerHasItsName() {
    Sequential network =
        new Sequential(new Conv2d(DTYPE, random, 2, 3, 1), new InstanceNorm2d(DTYPE, 3))
            .add("relu", Lambda.relu())
            .add("again", new Residual(new Conv2d(DTYPE, random, 3, 3, 1), Lambda.tanh()))
            .add("up", new ConvTranspose2d(DTYPE, random, 3, 2, 2, Conv2dOptions.DEFAULT))
            .add("flat", Lambda.flatten())
            .add("last", new Linear(DTYPE, random, 50, 1));
    assertEquals(
        List.of("0", "1", "relu", "again/0", "again/1", "again", "up", "flat", "last"),
        List.copyOf(scopes(network::forward)));
  }

  /** A composition that opens none of its own, around modules of which one is not built in. */
  private static final class Block extends Module {
    private final Module conv;
    private final Module inner = child("inner", new Sequential(new Doubling()));

    Block(SplittableRandom random) {
      conv = child("conv", new Conv2d(DTYPE, random, 2, 2, 1));
    }

    @Override
    public Tensor forward(Tensor x) {
      return inner.forward(conv.forward(x));
    }
  }

  private static final class Doubling extends Module {
    @Override
    public Tensor forward(Tensor x) {
      return x.times(2);
    }
  }

  @Test
  void namesAreThoseWithinTheOutermostModule() {
    Sequential network = new Sequential().add("block1", new Block(random));
    assertEquals(
        List.of("net/block1/conv", "net/block1/inner/0"),
        List.copyOf(
            scopes(
                t -> {
                  try (Tape.Scope scope = tape.scope("net")) {
                    return network.forward(t);
                  }
                })));
  }

  @Test
  void withoutAnOutermostModuleTheyAreShorter() {
    assertEquals(Set.of("conv", "inner/0"), scopes(new Block(random)::forward));
  }
}
