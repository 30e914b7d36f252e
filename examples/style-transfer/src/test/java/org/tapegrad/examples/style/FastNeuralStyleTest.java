package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Module;

/** Networks that PyTorch has trained; the numbers are made as transformer_net.py makes them. */
class FastNeuralStyleTest {
  @TempDir Path folder;

  /** A number in [-0.5, 0.5) that looks random. */
  private static double number(long i) {
    long x = i * 2654435761L % (1L << 32);
    x ^= x >> 15;
    x = x * 2246822519L & 0xffffffffL;
    x ^= x >> 13;
    return x / (double) (1L << 32) - 0.5;
  }

  private static NdArray values(String name, int... shape) {
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    long first = 1_000_003L * name.chars().sum();
    boolean weight = name.endsWith("weight");
    boolean norm = weight && name.matches("(.*\\.)?in\\d\\..*");
    boolean last = name.startsWith("deconv3");
    double scale = weight && !norm ? 3 / Math.sqrt(count / (double) shape[0]) : 1;
    double shift = norm ? 1 : last && !weight ? 127 : 0;
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = number(first + i) * scale * (last ? 30 : 1) + shift;
    }
    return NdArray.of(values, shape).to(DType.FLOAT32);
  }

  private static Map<String, NdArray> state() {
    Map<String, NdArray> state = new LinkedHashMap<>();
    new FastNeuralStyle()
        .state()
        .forEach((name, array) -> state.put(name, values(name, array.shape())));
    return state;
  }

  private Path file(Map<String, NdArray> state) throws IOException {
    Path file = folder.resolve("candy.safetensors");
    new Safetensors(state, Map.of()).write(file);
    return file;
  }

  @Test
  void givesWhatPyTorchGives() throws IOException {
    Map<String, NdArray> state = state();
    state.put("in1.running_mean", NdArray.zeros(DType.FLOAT32, 32)); // of old versions
    state.put("res5.in2.running_var", NdArray.ones(DType.FLOAT32, 128));
    Module network = ModelFile.readAny(file(state));
    NdArray picture = values("picture", 1, 3, 28, 36).plus(0.5);
    NdArray result = network.forward(Tape.inference().constant(picture)).value();
    List<String> lines = lines();
    for (String line : lines) {
      String[] words = line.split(" ");
      int[] at = new int[3];
      for (int i = 0; i < 3; i++) {
        at[i] = Integer.parseInt(words[i]);
      }
      assertEquals(Double.parseDouble(words[3]), result.get(0, at[0], at[1], at[2]), 1e-4, line);
    }
    assertEquals(240, lines.size());
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                FastNeuralStyleTest.class.getResourceAsStream("transformer_net.txt"),
                StandardCharsets.UTF_8))) {
      return in.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  @Test
  void otherShapesAreRefused() throws IOException {
    Map<String, NdArray> state = state();
    state.put("in3.bias", NdArray.zeros(DType.FLOAT32, 64));
    Path file = file(state);
    Failure failure = assertThrows(Failure.class, () -> ModelFile.readAny(file));
    assertTrue(failure.getMessage().contains("in3.bias"), failure.getMessage());
    assertEquals(Failure.MODEL, failure.exitCode());
  }
}
