package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tapegrad.ops.Selection.clamp;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import org.tapegrad.nn.Module;

/** What {@code export} writes, run by ONNX Runtime: it paints what we paint. */
class OnnxRuntimeTest {
  private static final int[][] SIZES = {{96, 128}, {61, 47}, {16, 210}, {150, 147}};

  @TempDir Path folder;

  private Path export(Object... options) {
    Path file = folder.resolve("model.onnx");
    List<String> words = new ArrayList<>(List.of("export", file.toString()));
    for (Object option : options) {
      words.add(option.toString());
    }
    StringWriter err = new StringWriter();
    int exitCode =
        StyleTransfer.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute(words.toArray(String[]::new));
    assertEquals(0, exitCode, err.toString());
    return file;
  }

  private static NdArray photograph(int height, int width) {
    NdArray waves = Pixels.of(TestPictures.waves(width, height));
    NdArray grain =
        NdArray.uniform(DType.FLOAT32, new SplittableRandom(1), -0.1, 0.1, 1, 3, height, width);
    return waves.times(0.8).plus(0.1).plus(grain);
  }

  private static NdArray run(OrtSession session, NdArray x) throws OrtException {
    long[] shape = {1, 3, x.size(2), x.size(3)};
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor in =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.toFloatArray()), shape);
        OrtSession.Result results = session.run(Map.of("photograph", in))) {
      OnnxTensor painted = (OnnxTensor) results.get("painted").orElseThrow();
      assertArrayEquals(shape, painted.getInfo().getShape());
      float[] values = new float[x.size()];
      painted.getFloatBuffer().get(values);
      return NdArray.of(values, x.shape());
    }
  }

  /** The largest difference between what the file paints and what the network paints. */
  private double difference(Path file, Module network, int[]... sizes) throws OrtException {
    double worst = 0;
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      for (int[] size : sizes) {
        NdArray x = photograph(size[0], size[1]);
        Tensor painted = Tape.inference().constant(new Repainter(network, folder).repaint(x));
        NdArray ours = clamp(painted, 0, 1).value();
        double difference = run(session, x).minus(ours).abs().max().item();
        System.out.printf("%dx%d: differs by %.1e%n", size[0], size[1], difference);
        worst = Math.max(worst, difference);
      }
    }
    return worst;
  }

  @Test
  void paintsWhatWePaint() throws OrtException {
    TransformerNetwork network = ModelFile.bundled();
    assertTrue(difference(export(), network, SIZES) < 1e-4);
    network.choose(2);
    assertTrue(difference(export("--style", "pen-hatching"), network, SIZES) < 1e-4);
    network.mix(0.5, 0, 0.25, 0.25);
    assertTrue(difference(export("--style-weights", "0.5,0,0.25,0.25"), network, SIZES) < 1e-4);
  }

  @Test
  void noiseReachesAsFarAsTold() throws Exception {
    TransformerNetwork network = ModelFile.bundled();
    Path file = export("--largest", 61);
    assertTrue(Files.size(file) < 1_300_000, Files.size(file) + " bytes");
    assertTrue(difference(file, network, new int[] {61, 61}, new int[] {16, 64}) < 1e-4);
    double larger = difference(file, network, new int[] {90, 90});
    assertTrue(larger > 1e-3 && larger < 0.5, "" + larger);
  }

  @Test
  void paintsWhatPyTorchsNetworkPaints() throws Exception {
    Map<String, NdArray> state = new LinkedHashMap<>(new FastNeuralStyle().state());
    SplittableRandom random = new SplittableRandom(2);
    state.replaceAll(
        (name, a) -> a.rank() == 1 ? NdArray.normal(DType.FLOAT32, random, 0.5, 1, a.shape()) : a);
    state.replaceAll((name, a) -> name.startsWith("deconv3") ? a.times(300) : a);
    Path model = folder.resolve("candy.safetensors");
    new Safetensors(state, Map.of()).write(model);
    Module network = ModelFile.readAny(model);
    assertTrue(difference(export("--model", model), network, SIZES) < 1e-4);
  }

  @Test
  void saysWhatItIs() throws OrtException {
    Path file = export("--style", "dots");
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      assertEquals("[0.0, 0.0, 0.0, 1.0]", metadata.get("mixture"));
      assertEquals(ModelFile.card(null).get("--style"), metadata.get("--style"));
      assertEquals("Tapegrad", session.getMetadata().getProducerName());
      assertEquals(
          "TensorInfo(javaType=FLOAT,onnxType=ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,"
              + "shape=[1, 3, -1, -1],dimNames=[,,height,width])",
          session.getInputInfo().get("photograph").getInfo().toString().replaceAll("\"", ""));
    }
  }
}
