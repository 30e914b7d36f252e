package org.tapegrad.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Base64;
import org.tapegrad.array.NdArray;

/**
 * Arrays as JSON: all numbers, to seven digits, or what is known of many.
 *
 * @param maxElements an array of more is summarised
 */
record ArrayJson(JsonGenerator json, int maxElements) {
  private static final MathContext DIGITS = new MathContext(7);

  /** The longest side of the picture of a summarised image, in pixels, and how many planes. */
  private static final int SIDE = 32;

  private static final int PLANES = 4;

  void write(String name, NdArray array) throws IOException {
    json.writeObjectFieldStart(name);
    double[] v = array.toDoubleArray();
    if (v.length <= maxElements) {
      write("numbers", v);
    } else {
      summarise(v);
      int[] shape = array.shape();
      if (shape.length >= 3 && array.size(-1) >= 4 && array.size(-2) >= 4) {
        writePicture(v, array.size(-2), array.size(-1));
      }
    }
    json.writeEndObject();
  }

  void write(String name, double[] numbers) throws IOException {
    json.writeArrayFieldStart(name);
    for (double v : numbers) {
      write(v);
    }
    json.writeEndArray();
  }

  void write(String name, double number) throws IOException {
    json.writeFieldName(name);
    write(number);
  }

  /** A number; NaN and infinity, which JSON does not have, as text. */
  void write(double v) throws IOException {
    if (v == (int) v) {
      json.writeNumber((int) v);
    } else if (Double.isFinite(v)) {
      json.writeNumber(new BigDecimal(v, DIGITS).stripTrailingZeros());
    } else {
      json.writeString(String.valueOf(v));
    }
  }

  private void summarise(double[] v) throws IOException {
    double[] finite = Arrays.stream(v).filter(Double::isFinite).toArray();
    double largest = Arrays.stream(finite).map(Math::abs).max().orElse(0);
    double unit = largest > 0 ? largest : 1;
    json.writeNumberField("size", v.length);
    json.writeNumberField("zeros", Arrays.stream(v).filter(e -> e == 0).count());
    json.writeNumberField("notFinite", v.length - finite.length);
    write("min", Arrays.stream(finite).min().orElse(0));
    write("max", Arrays.stream(finite).max().orElse(0));
    write("mean", Arrays.stream(finite).map(e -> e / unit).average().orElse(0) * unit);
    write("norm", Math.sqrt(Arrays.stream(finite).map(e -> e / unit * (e / unit)).sum()) * unit);
  }

  /** The first planes, made small, a byte a pixel from the smallest to the largest number. */
  private void writePicture(double[] v, int height, int width) throws IOException {
    double min = Arrays.stream(v).filter(Double::isFinite).min().orElse(0);
    double max = Arrays.stream(v).filter(Double::isFinite).max().orElse(0);
    int step = (Math.max(height, width) + SIDE - 1) / SIDE;
    int h = (height + step - 1) / step;
    int w = (width + step - 1) / step;
    json.writeObjectFieldStart("picture");
    json.writeNumberField("height", h);
    json.writeNumberField("width", w);
    json.writeArrayFieldStart("planes");
    for (int p = 0; p < Math.min(PLANES, v.length / height / width); p++) {
      byte[] pixels = new byte[h * w];
      for (int i = 0; i < pixels.length; i++) {
        double e = v[(p * height + i / w * step) * width + i % w * step];
        pixels[i] = (byte) Math.round(255 * (e - min) / (max > min ? max - min : 1));
      }
      json.writeString(Base64.getEncoder().encodeToString(pixels));
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
