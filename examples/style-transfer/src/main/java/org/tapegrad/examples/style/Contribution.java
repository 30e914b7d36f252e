package org.tapegrad.examples.style;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one image, or several added up, give to a step of a training.
 *
 * @param content loss of content, unweighted
 * @param style loss of style
 * @param total the loss that is made small
 * @param gradients of the total, row-major float32, in the order of the trained parameters
 */
public record Contribution(double content, double style, double total, List<float[]> gradients)
    implements Serializable {
  /** The sum of two contributions. */
  Contribution plus(Contribution other) {
    return new Contribution(
        content + other.content,
        style + other.style,
        total + other.total,
        IntStream.range(0, gradients.size())
            .mapToObj(i -> sum(gradients.get(i), other.gradients.get(i)))
            .toList());
  }

  private static float[] sum(float[] a, float[] b) {
    float[] sum = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }
}
