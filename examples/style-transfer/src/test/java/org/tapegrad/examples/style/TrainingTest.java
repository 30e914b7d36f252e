package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.optim.Adam;

class TrainingTest {
  private static final Settings SETTINGS = new Settings(52, 6, 2, 0.05, 0.01, 7);

  @TempDir Path folder;

  private Training training(Settings settings) {
    Path photographs = folder.resolve("photograph.png");
    PictureFiles.write(TestPictures.waves(80, 60), photographs);
    return new Training(
        settings,
        List.of(new Painting("waves", TestPictures.waves(56, 70), 56)),
        ImageDataset.inFolder(photographs, settings.size(), new PictureReader(100), line -> {}),
        null,
        null);
  }

  private static void steps(Training training, int count) {
    for (int i = 0; i < count; i++) {
      training.step();
    }
  }

  @Test
  void aResumedTrainingEndsLikeOneThatNeverStopped() {
    Training whole = training(SETTINGS);
    steps(whole, 6);

    Training first = training(SETTINGS);
    steps(first, 3);
    Checkpoint checkpoint = new Checkpoint(folder.resolve("model.safetensors"));
    checkpoint.write(first);
    Training second = training(SETTINGS);
    checkpoint.restore(second, false);
    assertEquals(3, second.steps());
    steps(second, 3);

    assertEquals(whole.network().state(), second.network().state());
    assertEquals(whole.optimizer().state(), second.optimizer().state());
    assertEquals(whole.history().toArray(), second.history().toArray());
  }

  /** Images are numbered through all steps: the first four are those of four steps of one image. */
  @Test
  void aBatchIsTheSumOfItsImages() {
    Settings four = new Settings(52, 6, 4, 0.05, 0.01, 7);
    Settings one = new Settings(52, 6, 1, 0.05, 0.01, 7);
    ImageGradients alone = training(one).images();
    List<Contribution> c = new ArrayList<>();
    for (int image = 0; image < 4; image++) {
      c.add(alone.sum(image, 0, 1).total(1));
    }
    Contribution byHand = c.get(0).plus(c.get(1)).plus(c.get(2).plus(c.get(3)));

    Training training = training(four);
    Contribution sum = training.images().sum(0, 0, 4).total(4);
    assertEquals(byHand.total(), sum.total());
    List<NdArray> means = new ArrayList<>();
    for (int i = 0; i < sum.gradients().size(); i++) {
      assertArrayEquals(byHand.gradients().get(i), sum.gradients().get(i));
      int[] shape = training.images().trained().get(i).value().shape();
      means.add(NdArray.of(byHand.gradients().get(i), shape).dividedBy(4));
    }
    TransformerNetwork updated = training(four).network();
    new Adam(updated.parameters(), four.learningRate(0)).step(means);
    assertEquals(byHand.total() / 4, training.step());
    assertEquals(updated.state(), training.network().state());
    assertEquals(alone.idleBytes(), training.images().idleBytes(), "memory of steps");
  }

  /** Sent elsewhere as bytes, with parameters of a later step. */
  private static void assertSameElsewhere(Training training) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(training.images().plan());
    }
    training.step();
    ImageGradients there;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      there = ((TrainingPlan) in.readObject()).open();
    }
    there.load(training.images().parameters());
    Contribution expected = training.images().sum(1, 0, 1).total(1);
    Contribution found = there.sum(1, 0, 1).total(1);
    assertEquals(expected.total(), found.total());
    assertEquals(expected.gradients().size(), found.gradients().size());
    for (int i = 0; i < expected.gradients().size(); i++) {
      assertArrayEquals(expected.gradients().get(i), found.gradients().get(i));
    }
  }

  @Test
  void aPlanComputesTheSameBitsElsewhere() throws Exception {
    assertSameElsewhere(training(SETTINGS));
    TransformerNetwork from = new TransformerNetwork(3, List.of("first", "second"));
    Painting painting = Painting.of("dots", 73, new PictureReader(1));
    Painting other = new Painting("waves", TestPictures.waves(80, 70), 60);
    assertSameElsewhere(
        new Training(SETTINGS, List.of(painting, other), ImageDataset.bundled(52), null, from));
  }

  @Test
  void aPlanTakesFeaturesAlong() throws Exception {
    FeatureNetwork network = FeatureNetwork.read(Features.squeezeNet());
    Painting painting = new Painting("waves", TestPictures.waves(80, 70), 70);
    assertSameElsewhere(
        new Training(SETTINGS, List.of(painting), ImageDataset.bundled(52), network, null));
  }

  @Test
  void theSeedDecidesOnEverything() {
    Training a = training(SETTINGS);
    Training b = training(SETTINGS);
    Training c = training(new Settings(52, 6, 2, 0.05, 0.01, 8));
    assertEquals(a.step(), b.step());
    assertNotEquals(a.network().state(), c.network().state());
    assertNotEquals(a.history().total()[0], c.step());
  }

  @Test
  void noTwoStreamsOfRandomNumbersOverlap() {
    Set<Long> seen = new HashSet<>();
    int drawn = 0;
    for (long seed : new long[] {-1, 0, 1, 2, 3}) {
      Settings settings = new Settings(52, 6, 2, 0.05, 0.01, seed);
      for (Settings.Use use : Settings.Use.values()) {
        for (int step = 0; step < 3; step++) {
          new SplittableRandom(settings.seedOf(use, step)).longs(1024).forEach(seen::add);
          drawn += 1024;
        }
      }
    }
    assertEquals(drawn, seen.size());
  }

  @Test
  void theLossFalls() {
    Painting painting = Painting.of("starry-night", 150, new PictureReader(1));
    Settings settings = new Settings(52, 25, 1, 0.02, 0.01, 1);
    Training training =
        new Training(settings, List.of(painting), ImageDataset.bundled(52), null, null);
    steps(training, 25);
    assertTrue(training.history().remaining(1) < 0.5, "left " + training.history().remaining(1));
  }

  /**
   * Strokes have patterns of every period, the longer the stronger; the network's cells of 4 pixels
   * must not add to theirs.
   */
  @Test
  void aPictureHasNoGrid() {
    Painting painting = Painting.of("starry-night", 73, new PictureReader(1));
    Settings settings = new Settings(52, 25, 1, 0.18, 0.01, 1);
    Training training =
        new Training(settings, List.of(painting), ImageDataset.bundled(52), null, null);
    steps(training, 25);
    Tape tape = Tape.inference();
    NdArray grey = NdArray.full(DType.FLOAT32, 0.5, 1, 3, 400, 400);
    NdArray picture = training.network().forward(tape.constant(grey)).value();
    double four = Measures.grid(picture, TransformerNetwork.CELL);
    double five = Measures.grid(picture, TransformerNetwork.CELL + 1);
    assertTrue(four < five + 0.1, "%f levels deep, by chance %f".formatted(four, five));
    assertEquals(List.of(), Faults.grids(picture, grey));
  }

  @Test
  void featuresTakeThePlaceOfFilters() {
    FeatureNetwork network = FeatureNetwork.read(Features.squeezeNet());
    Painting painting = new Painting("waves", TestPictures.waves(80, 70), 70);
    Settings settings = new Settings(52, 12, 1, 0.18, 0.01, 1);
    Training training =
        new Training(settings, List.of(painting), ImageDataset.bundled(52), network, null);
    steps(training, 12);
    double[] total = training.history().total();
    assertTrue(total[11] < 0.8 * total[0], "from " + total[0] + " to " + total[11]);
    assertEquals(network.fingerprint(), training.identity().get("--features"));
  }

  @Test
  void cropsDependOnTheSeedAlone() {
    ImageDataset dataset = ImageDataset.bundled(64);
    NdArray crop = dataset.crop(5);
    dataset.crop(6);
    assertEquals(crop, dataset.crop(5));
    assertNotEquals(crop, dataset.crop(6));
    assertTrue(crop.hasShape(1, 3, 64, 64));
  }

  @Test
  void photographsThatWereGivenUpAreReadAgain() {
    Path file = folder.resolve("a.png");
    PictureFiles.write(TestPictures.waves(200, 150), file);
    ImageDataset dataset = ImageDataset.inFolder(folder, 64, new PictureReader(100), line -> {});
    NdArray crop = dataset.crop(5);
    dataset.release();
    assertEquals(crop, dataset.crop(5));
    PictureFiles.write(TestPictures.waves(201, 150), file);
    dataset.release();
    Failure failure = assertThrows(Failure.class, () -> dataset.crop(5));
    assertEquals(file + ": has changed since the training began", failure.getMessage());
  }

  /** What takes more memory than Java has, at the end of a training, is told at its beginning. */
  @Test
  void aPhotographThatCannotBeRepaintedIsToldBeforeTheTraining() {
    BufferedImage large = new BufferedImage(40_000, 40_000, BufferedImage.TYPE_BYTE_BINARY);
    try (TrainingFiles files = new TrainingFiles(folder.resolve("model.safetensors"))) {
      Gallery gallery =
          new Gallery(files, large, List.of(new Painting("waves", TestPictures.waves(56, 70), 56)));
      Failure failure = assertThrows(Failure.class, () -> gallery.rehearse(training(SETTINGS)));
      assertEquals(Failure.FILE, failure.exitCode());
      assertTrue(failure.getMessage().contains("40000x40000 needs more memory"), "" + failure);
    }
  }

  @Test
  void theLearningRateRisesAndFalls() {
    Settings s = new Settings(128, 100, 1, 0, 0.01, 1);
    assertTrue(s.learningRate(0) < 0.0011);
    assertTrue(s.learningRate(9) > 0.0097);
    assertEquals(0.005, s.learningRate(50), 1e-9);
    assertTrue(s.learningRate(99) < 1e-5);
  }
}
