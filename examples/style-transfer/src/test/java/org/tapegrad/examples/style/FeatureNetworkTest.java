package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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

class FeatureNetworkTest {
  /** What VGG-16 and VGG-19 have between their pools. */
  private static final Map<Integer, int[]> BLOCKS =
      Map.of(16, new int[] {2, 2, 3, 3, 3}, 19, new int[] {2, 2, 4, 4, 4});

  @TempDir Path folder;

  private static Tensor picture(int width, int height) {
    return Tape.inference().constant(Pixels.of(TestPictures.waves(width, height)));
  }

  /** A narrow VGG of random weights, named as torchvision does. */
  private static Map<String, NdArray> vgg(int depth) {
    Map<String, NdArray> weights = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    int in = 3;
    int at = 0;
    for (int block = 0; block < 5; block++) {
      for (int i = 0; i < BLOCKS.get(depth)[block]; i++) {
        int out = 2 + block;
        NdArray weight = NdArray.normal(DType.FLOAT32, random, 0, 0.3, out, in, 3, 3);
        weights.put("features." + at + ".weight", weight);
        weights.put("features." + at + ".bias", NdArray.ones(DType.FLOAT32, out));
        in = out;
        at += 2;
      }
      at++;
    }
    weights.put("classifier.0.weight", NdArray.zeros(DType.FLOAT32, 4, 4));
    return weights;
  }

  private Path file(Map<String, NdArray> weights) throws IOException {
    Path file = folder.resolve("features.safetensors");
    new Safetensors(weights, Map.of()).write(file);
    return file;
  }

  @Test
  void vggIsToldByItsShapes() throws IOException {
    assertEquals(
        List.of("relu1_2", "relu2_2", "relu3_3", "relu4_3"),
        FeatureNetwork.read(file(vgg(16))).roles().style());
    FeatureNetwork network = FeatureNetwork.read(file(vgg(19)));
    assertEquals(List.of("relu5_4"), network.roles().heldOut());
    assertEquals(16, network.layers().size());
    Map<String, Tensor> features = network.features(picture(50, 40), network.layers());
    assertEquals(List.of(1, 2, 40, 50), sizes(features.get("relu1_1")));
    assertEquals(List.of(1, 6, 2, 3), sizes(features.get("relu5_4")));
  }

  private static List<Integer> sizes(Tensor x) {
    return Arrays.stream(x.shape()).boxed().toList();
  }

  /** The first layer of VGG by hand: pixels as torchvision normalises them, the middle weight. */
  @Test
  void pixelsAreNormalisedAsTheNetworkExpects() throws IOException {
    Map<String, NdArray> weights = vgg(16);
    NdArray middle = NdArray.zeros(DType.FLOAT32, 2, 3, 3, 3);
    middle.set(1, 0, 0, 1, 1);
    middle.set(-1, 1, 2, 1, 1);
    weights.put("features.0.weight", middle);
    FeatureNetwork network = FeatureNetwork.read(file(weights));
    Tensor grey = Tape.inference().constant(NdArray.full(DType.FLOAT32, 0.6, 1, 3, 8, 8));
    NdArray seen = network.features(grey, List.of("relu1_1")).get("relu1_1").value();
    assertEquals(1 + (0.6 - 0.485) / 0.229, seen.get(0, 0, 3, 3), 1e-6);
    assertEquals(1 - (0.6 - 0.406) / 0.225, seen.get(0, 1, 3, 3), 1e-6);
  }

  @Test
  void whatIsNoSuchNetworkIsRefused() throws IOException {
    Map<String, NdArray> weights = vgg(16);
    weights.remove("features.2.bias");
    assertRefused("lacks features.2.bias", weights);
    weights = vgg(16);
    weights.put("features.5.weight", NdArray.zeros(DType.FLOAT32, 3, 2, 5, 5));
    assertRefused("features.5 is float32[3, 2, 5, 5], not [3, 2, 3, 3]", weights);
    weights = vgg(16);
    weights.remove("features.28.weight");
    assertRefused("has 12 convolutions in 5 blocks", weights);
    assertRefused("has 0 convolutions", Map.of("x", NdArray.scalar(1)));
    assertRefused("lacks conv1.weight", Map.of("fire2.squeeze1x1.weight", NdArray.scalar(1)));
  }

  private void assertRefused(String message, Map<String, NdArray> weights) throws IOException {
    Path file = file(weights);
    Failure failure = assertThrows(Failure.class, () -> FeatureNetwork.read(file));
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertEquals(Failure.MODEL, failure.exitCode());
  }

  @Test
  void aPictureThatIsTooSmallIsRefused() throws IOException {
    FeatureNetwork network = FeatureNetwork.read(file(vgg(16)));
    Failure failure =
        assertThrows(
            Failure.class, () -> network.features(picture(15, 15), network.roles().heldOut()));
    assertTrue(
        failure.getMessage().startsWith("a picture of 15x15 is too small for layer relu5_1"),
        failure.getMessage());
  }

  @Test
  void thePaintingItselfHasItsOwnStyle() throws IOException {
    FeatureNetwork network = FeatureNetwork.read(file(vgg(16)));
    Tensor painting = picture(64, 60);
    FeatureLoss loss = new FeatureLoss(network, painting.value(), 0.5);
    StyleLoss.Terms same = loss.of(painting, painting);
    assertEquals(0, same.style().item(), 1e-3);
    assertEquals(0, same.content().item(), 1e-9);
    Tensor grey = painting.times(0).plus(0.5);
    StyleLoss.Terms terms = loss.of(grey, painting);
    assertTrue(terms.style().item() > 0.1, "style " + terms.style().item());
    assertEquals(terms.style().item() + 0.5 * terms.content().item(), terms.total().item(), 1e-6);
  }

  @Test
  void squeezeNetSees() {
    FeatureNetwork network = FeatureNetwork.read(Features.squeezeNet());
    Map<String, Tensor> features = network.features(picture(99, 67), network.layers());
    assertEquals(
        List.of("conv1", "fire2", "fire3", "fire4", "fire5", "fire6", "fire7", "fire8", "fire9"),
        List.copyOf(features.keySet()));
    assertEquals(List.of(1, 64, 33, 49), sizes(features.get("conv1")));
    assertEquals(List.of(1, 512, 3, 5), sizes(features.get("fire9")));
    features.values().forEach(x -> assertTrue(x.value().isFinite()));
  }
}
