package org.tapegrad.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tapegrad.Explanation.Line;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.ops.InstanceNorm;

/**
 * The derivation of an instance norm for one plane.
 *
 * @param kernel what the operation handed to x, null if nothing was asked for
 */
record NormPlane(
    int n,
    int c,
    double gamma,
    double eps,
    NdArray x,
    NdArray g,
    NdArray kernel,
    InstanceNorm.Derivation derivation) {

  /** Of a plane that is not shown whole. */
  private static final int FIRST = 8;

  /** One for each plane of the line's input. */
  static List<NormPlane> of(Line line, NdArray g, NdArray kernel) {
    NdArray x = line.inputs().get(0).value();
    boolean batched = x.rank() == (line.op().charAt("instanceNorm".length()) - '0') + 2;
    int images = batched ? x.size(0) : 1;
    int channels = x.size(batched ? 1 : 0);
    int m = x.size() / Math.max(1, images * channels);
    double eps = Double.parseDouble(line.arguments().toString().replaceFirst(".*eps ", ""));
    List<NormPlane> planes = new ArrayList<>();
    for (int p = 0; p < images * channels; p++) {
      double gamma = gamma(line.inputs().get(1), p, channels);
      NdArray xs = plane(x, p, m);
      NdArray gs = plane(g, p, m);
      planes.add(
          new NormPlane(
              p / channels,
              p % channels,
              gamma,
              eps,
              xs,
              gs,
              kernel == null ? null : plane(kernel, p, m),
              InstanceNorm.derivation(xs, gs, gamma, eps)));
    }
    return planes;
  }

  private static double gamma(Tensor gamma, int plane, int channels) {
    return gamma == null
        ? 1
        : gamma.rank() == 1
            ? gamma.value().get(plane % channels)
            : gamma.value().get(plane / channels, plane % channels);
  }

  private static NdArray plane(NdArray a, int p, int m) {
    return a.reshape(-1, m).slice(0, p, p + 1).reshape(m).to(DType.FLOAT64);
  }

  void write(JsonGenerator json, ArrayJson arrays, int maxElements) throws IOException {
    int shown = x.size() <= maxElements ? x.size() : FIRST;
    json.writeStartObject();
    json.writeNumberField("n", n);
    json.writeNumberField("c", c);
    json.writeNumberField("size", x.size());
    arrays.write("gamma", gamma);
    arrays.write("eps", eps);
    arrays.write("mean", derivation.mean());
    arrays.write("variance", derivation.variance());
    arrays.write("r", derivation.r());
    arrays.write("sumG", derivation.sumG());
    arrays.write("sumGDeviation", derivation.sumGDeviation());
    arrays.write("x", first(x, shown));
    arrays.write("g", first(g, shown));
    arrays.write("direct", first(derivation.direct(), shown));
    arrays.write("throughVar", first(derivation.throughVar(), shown));
    arrays.write("throughMu", first(derivation.throughMu(), shown));
    arrays.write("together", first(derivation.together(), shown));
    if (kernel != null) {
      arrays.write("kernel", first(kernel, shown));
      arrays.write("difference", derivation.together().minus(kernel).abs().max().item());
    }
    json.writeEndObject();
  }

  private static double[] first(NdArray a, int shown) {
    return Arrays.copyOf(a.toDoubleArray(), Math.min(shown, a.size()));
  }
}
