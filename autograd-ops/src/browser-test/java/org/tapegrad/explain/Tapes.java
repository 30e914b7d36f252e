package org.tapegrad.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tapegrad.Explanation;
import org.tapegrad.Pullback;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.nn.Conv2d;
import org.tapegrad.nn.InstanceNorm2d;
import org.tapegrad.nn.Lambda;
import org.tapegrad.nn.Sequential;
import org.tapegrad.ops.InstanceNorm;

/** Tapes to look at. */
final class Tapes {
  private Tapes() {}

  static Explanation firstExample() {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.of(new double[] {1, 2, 4, 9}, 1, 1, 2, 2));
    Tensor gamma = tape.variable(NdArray.of(new double[] {2}, 1));
    Tensor wanted = tape.constant(NdArray.of(new double[] {0, 0, 1, 1}, 1, 1, 2, 2));
    return tape.explain(InstanceNorm.instanceNorm2d(x, gamma, null).minus(wanted).square().mean());
  }

  /** A fan-out, zeros, what does not matter and what is infinite. */
  static Explanation reasons() {
    Tape tape = Tape.locating();
    Tensor a = tape.variable(NdArray.of(new double[] {1, -2, 3}, 3));
    Tensor b = tape.variable(NdArray.of(new double[] {-4, -4, -4}, 3));
    tape.variable(NdArray.scalar(7));
    Tensor roots = tape.variable(NdArray.of(new double[] {0, 4, 9}, 3));
    Tensor dead = a.times(b).minus(20).maximum(0).sum();
    Tensor cubes = a.square().times(a).sum();
    Tensor loss = dead.plus(cubes).plus(roots.sqrt().plus(roots).sum());
    loss.times(2);
    return tape.explain(loss);
  }

  static Explanation network() {
    SplittableRandom random = new SplittableRandom(4);
    Sequential block =
        new Sequential(
            new Conv2d(DType.FLOAT32, random, 3, 4, 3),
            new InstanceNorm2d(DType.FLOAT32, 4),
            Lambda.relu());
    Conv2d last = new Conv2d(DType.FLOAT32, random, 4, 3, 3);
    Tape tape = Tape.locating();
    NdArray image = NdArray.uniform(DType.FLOAT32, random, 0, 1, 1, 3, 16, 16);
    Tensor x = tape.variable(image.map(v -> v / 2));
    Tensor y = last.forward(block.forward(x));
    return tape.explain(y.square().mean());
  }

  static Explanation chain(int lines) {
    Tape tape = new Tape();
    Tensor x = tape.variable(NdArray.scalar(0.5));
    Tensor y = x;
    while (tape.size() < lines) {
      y = tape.size() % 7 == 0 ? y.plus(x) : tape.size() % 2 == 0 ? y.sin() : y.times(y);
    }
    return tape.explain(y);
  }

  static Explanation everyPair(int lines) {
    Tape tape = new Tape();
    List<Tensor> all = new ArrayList<>(List.of(tape.variable(NdArray.scalar(1))));
    while (tape.size() < lines) {
      all.add(
          Tape.record(
              "all",
              NdArray.scalar(1),
              all.stream().map(x -> Pullback.wrt(x, (y, g) -> g)).toArray(Pullback[]::new)));
    }
    return tape.explain(all.get(lines - 1));
  }
}
