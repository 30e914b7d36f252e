package org.tapegrad.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tapegrad.Tensor;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.Concatenation;
import org.tapegrad.ops.Padding;

/** Borders. */
final class PaddingBindings {
  private PaddingBindings() {}

  static void addTo(Binding.Table table) {
    table.one("Pad", PaddingBindings::pad);
  }

  /** The pads are those before all axes, then those after all axes. */
  private static Tensor pad(Call call) {
    Tensor x = call.tensor(0);
    int rank = x.rank();
    int[] pads = call.argument(1, "pads");
    double value = call.hasInput(2) ? call.tensor(2).item() : call.real("value", 0);
    String mode = call.string("mode", "constant");
    boolean isImage = rank == 4 && IntStream.of(0, 1, rank, rank + 1).allMatch(i -> pads[i] == 0);
    if (mode.equals("constant") && !isImage) {
      call.converted("a border of constants, joined");
      for (int d = 0; d < rank; d++) {
        x = constant(x, d, pads[d], pads[rank + d], value);
      }
      return x;
    }
    if (!isImage) {
      throw new OutsideException("padding of other axes than those of an image");
    }
    int top = pads[2];
    int left = pads[3];
    int bottom = pads[6];
    int right = pads[7];
    return switch (mode) {
      case "constant" -> Padding.constantPad2d(x, left, right, top, bottom, value);
      case "edge" -> Padding.replicationPad2d(x, left, right, top, bottom);
      case "reflect" -> Padding.reflectionPad2d(x, left, right, top, bottom);
      default -> throw new OutsideException("padding in mode " + mode);
    };
  }

  /** The tensor between two blocks of a constant, which nothing is computed with. */
  static Tensor constant(Tensor x, int axis, int before, int after, double value) {
    List<Tensor> parts = new ArrayList<>();
    addBlock(parts, x, axis, before, value);
    parts.add(x);
    addBlock(parts, x, axis, after, value);
    return Concatenation.concat(parts, axis);
  }

  private static void addBlock(List<Tensor> parts, Tensor x, int axis, int size, double value) {
    if (size > 0) {
      int[] shape = x.shape();
      shape[axis] = size;
      parts.add(x.tape().constant(NdArray.full(x.dtype(), value, shape)));
    }
  }
}
