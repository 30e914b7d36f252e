package org.tapegrad.onnx;

import org.tapegrad.Tensor;
import org.tapegrad.ops.Upsampling;

/** Images in another size. */
final class ResizeBindings {
  private ResizeBindings() {}

  static void addTo(Binding.Table table) {
    table.one(
        "Resize",
        call ->
            new Resizing(
                    call,
                    call.string("coordinate_transformation_mode", "half_pixel"),
                    call.string("nearest_mode", "round_prefer_floor"),
                    call.opset() < 11 ? 1 : 2)
                .apply());
    table.one("Upsample", call -> new Resizing(call, "asymmetric", "floor", 1).apply());
  }

  /** A resize whose scales are the input of that number, sizes the one after it. */
  private static final class Resizing {
    private final Call call;
    private final String coordinates;
    private final String rounding;
    private final Tensor x;
    private final int[] size = new int[2];
    private final double[] scale = new double[2];

    Resizing(Call call, String coordinates, String rounding, int scales) {
      this.call = call;
      this.coordinates = coordinates;
      this.rounding = rounding;
      this.x = call.tensor(0);
      if (x.rank() != 4) {
        throw new OutsideException("resizing of other axes than those of an image");
      }
      boolean scaled = call.hasInput(scales) && call.tensor(scales).value().size() > 0;
      int[] sizes = scaled ? null : call.argument(scales + 1);
      double[] factors = scaled ? call.tensor(scales).value().toDoubleArray() : null;
      for (int d = 0; d < 2; d++) {
        int n = x.size(2 + d);
        scale[d] = scaled ? factors[2 + d] : (double) sizes[2 + d] / n;
        size[d] = scaled ? (int) Math.floor(n * scale[d]) : sizes[2 + d];
      }
    }

    Tensor apply() {
      if (coordinates.equals("tf_crop_and_resize")) {
        throw new OutsideException("cropping while resizing");
      }
      return switch (call.string("mode", "nearest")) {
        case "nearest" -> nearest();
        case "linear" -> interpolated(Upsampling::upsampleBilinear, Upsampling::upsampleBilinear);
        default -> {
          if (call.real("cubic_coeff_a", -0.75) != -0.75) {
            throw new OutsideException("cubic interpolation with another constant than -0.75");
          } else if (call.integer("exclude_outside", 0) == 1) {
            throw new OutsideException("cubic interpolation without the pixels beyond the border");
          }
          yield interpolated(Upsampling::upsampleBicubic, Upsampling::upsampleBicubic);
        }
      };
    }

    private interface BySize {
      Tensor apply(Tensor x, int height, int width, boolean alignCorners);
    }

    private interface ByFactor {
      Tensor apply(Tensor x, double factor, boolean alignCorners);
    }

    private Tensor interpolated(BySize bySize, ByFactor byFactor) {
      boolean fractional = false;
      for (int d = 0; d < 2; d++) {
        fractional |= size[d] != x.size(2 + d) * scale[d];
        if (coordinates.equals("pytorch_half_pixel") && size[d] == 1) {
          throw new OutsideException("interpolation to a single pixel that is not the centre");
        }
      }
      return switch (coordinates) {
        case "half_pixel", "pytorch_half_pixel" -> {
          if (fractional && scale[0] != scale[1]) {
            throw new OutsideException("interpolation by two scales that are no ratios of sizes");
          }
          yield fractional
              ? byFactor.apply(x, scale[0], false)
              : bySize.apply(x, size[0], size[1], false);
        }
        case "align_corners" -> {
          if (fractional) {
            throw new OutsideException("aligned corners with a scale that is no ratio of sizes");
          }
          yield bySize.apply(x, size[0], size[1], true);
        }
        default -> throw new OutsideException("interpolation at " + coordinates + " places");
      };
    }

    /** Ours shows pixel floor(i·in/out), so we can do those that pick the same pixels. */
    private Tensor nearest() {
      if (!coordinates.equals("asymmetric") || !rounding.equals("floor")) {
        call.converted("other rules that pick the same nearest pixels");
      }
      for (int d = 0; d < 2; d++) {
        int n = x.size(2 + d);
        for (int i = 0; i < size[d]; i++) {
          int pixel = Math.max(0, Math.min(n - 1, (int) rounded(place(i, d, n))));
          if (pixel != (long) i * n / size[d]) {
            throw new OutsideException("nearest pixels other than floor(i·in/out)");
          }
        }
      }
      return Upsampling.upsampleNearest(x, size[0], size[1]);
    }

    private double place(int i, int d, int n) {
      return switch (coordinates) {
        case "asymmetric" -> i / scale[d];
        case "half_pixel", "pytorch_half_pixel" -> (i + 0.5) / scale[d] - 0.5;
        case "tf_half_pixel_for_nn" -> (i + 0.5) / scale[d];
        case "align_corners" -> size[d] == 1 ? 0 : i * (n - 1.0) / (size[d] - 1);
        default -> throw new OutsideException("nearest pixels at " + coordinates + " places");
      };
    }

    private double rounded(double place) {
      return switch (rounding) {
        case "floor" -> Math.floor(place);
        case "ceil" -> Math.ceil(place);
        case "round_prefer_floor" -> Math.ceil(place - 0.5);
        case "round_prefer_ceil" -> Math.floor(place + 0.5);
        default -> throw new OutsideException("rounding " + rounding);
      };
    }
  }
}
