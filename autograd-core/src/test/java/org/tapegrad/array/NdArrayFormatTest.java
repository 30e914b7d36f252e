package org.tapegrad.array;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Arrays as NumPy prints them: src/test/numpy/generate.py wrote the file. */
class NdArrayFormatTest {

  private static List<String> lines() throws IOException {
    try (InputStream in = NdArrayFormatTest.class.getResourceAsStream("/numpy-arrays.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> printsAsNumPy() throws IOException {
    List<String> lines = lines();
    assertEquals(78 * 3, lines.size());
    return IntStream.range(0, lines.size() / 3)
        .mapToObj(i -> lines.subList(3 * i, 3 * i + 3))
        .map(
            l ->
                DynamicTest.dynamicTest(
                    l.get(0),
                    () -> assertEquals(l.get(2).replace('|', '\n'), parse(l).toString())));
  }

  private static NdArray parse(List<String> lines) {
    String[] head = lines.get(0).split(" ");
    int[] shape = Stream.of(head).skip(1).mapToInt(Integer::parseInt).toArray();
    double[] values =
        Arrays.stream(lines.get(1).split(" ")).mapToDouble(Double::parseDouble).toArray();
    NdArray array = NdArray.of(values, shape);
    return head[0].equals("float32") ? array.to(DType.FLOAT32) : array;
  }

  @Test
  void emptyArraysShowTheirShape() {
    assertEquals("[], shape [0]", NdArray.zeros(DType.FLOAT64, 0).toString());
    assertEquals("[], shape [2, 0, 3]", NdArray.zeros(DType.FLOAT32, 2, 0, 3).toString());
  }

  @Test
  void doesNotDependOnTheLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals("[1.5e+00, 1.0e+10]", NdArray.of(new double[] {1.5, 1e10}, 2).toString());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void largeArraysAreQuicklyPrinted() {
    String text = NdArray.ones(DType.FLOAT32, 1000, 1000, 10).toString();
    assertTrue(text.length() < 2000, "printed " + text.length() + " characters");
  }
}
