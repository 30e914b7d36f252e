package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Tape;
import org.tapegrad.array.NdArray;

class OptimizeCommandTest {
  @TempDir Path folder;
  private Path photo;
  private Path painting;
  private Path out;
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void pictures() {
    photo = folder.resolve("photo.png");
    painting = folder.resolve("painting.png");
    out = folder.resolve("out.png");
    write(PictureReader.resource("images/chelsea.jpg"), photo);
    write(PictureReader.resource("images/starry_night.jpg"), painting);
  }

  private static void write(BufferedImage picture, Path file) {
    PictureFiles.write(Pixels.withShortSide(picture, 130), file);
  }

  private int optimize(Object... args) {
    return command.execute(args, "optimize", photo, out, "--style", painting);
  }

  private static NdArray pixels(Path file) {
    return Pixels.of(TestPictures.read(file));
  }

  private static double distance(Path picture, Path painting) {
    return new ColourHistogram(pixels(painting))
        .distance(Tape.inference().constant(pixels(picture)))
        .value()
        .item();
  }

  @Test
  void paintsAtEachSize() {
    assertEquals(0, optimize("--steps", 10, "--preview"), command.errors.toString());
    BufferedImage picture = TestPictures.read(out);
    BufferedImage before = TestPictures.read(photo);
    assertEquals(130, picture.getHeight());
    assertEquals(before.getWidth(), picture.getWidth());
    assertEquals(65, TestPictures.read(folder.resolve("out-65.png")).getHeight());
    assertTrue(Files.exists(folder.resolve("out-130.png")));
    assertTrue(distance(out, painting) < 0.5 * distance(photo, painting));
    assertTrue(Measures.ssim(pixels(out), pixels(photo)) > 0.2);
    assertTrue(command.printed.toString().startsWith("repainted: "), command.printed.toString());
    assertTrue(command.errors.toString().startsWith("without --features "), "" + command.errors);
  }

  @Test
  void beginsWithWhatItIsGiven() {
    assertEquals(
        0, optimize("--steps", 1, "--short-side", 60, "--init", painting), "" + command.errors);
    NdArray start = Pixels.of(Pixels.scaled(TestPictures.read(painting), 0, 0, 163, 130, 90, 60));
    double fromPainting = pixels(out).minus(start).abs().mean().item();
    assertTrue(fromPainting < 0.1, "differs by " + fromPainting);
    assertEquals(
        0, optimize("--steps", 1, "--short-side", 60, "--init", "noise"), "" + command.errors);
    assertTrue(pixels(out).minus(start).abs().mean().item() > 0.1);
  }

  @Test
  void strokesHaveTheSizeThatIsAskedFor() {
    int half = optimize("--steps", 12, "--short-side", 60, "--style-size", 60);
    NdArray small = pixels(out);
    int whole = optimize("--steps", 12, "--short-side", 60, "--style-size", 120);
    assertEquals(0, half + whole, "" + command.errors);
    double differ = pixels(out).minus(small).abs().mean().item();
    assertTrue(differ > 0.001, "differs by " + differ);
  }

  @Test
  void whatIsEndedEarlyIsTheBestSoFar() {
    BufferedImage picture = TestPictures.read(photo);
    int[] evaluations = {0};
    PictureOptimizer.Watch watch =
        new PictureOptimizer.Watch() {
          @Override
          public boolean isOver() {
            return evaluations[0] == 15;
          }

          @Override
          public void evaluated(double loss) {
            evaluations[0]++;
          }

          @Override
          public void painted(BufferedImage done) {
            assertEquals(evaluations[0] < 10 ? 65 : 130, done.getHeight());
          }
        };
    PictureOptimizer optimizer =
        new PictureOptimizer(
            picture,
            picture,
            TestPictures.read(painting),
            p -> new PerceptualLoss(p, Settings.DEFAULT.contentWeight()),
            8);
    PictureFiles.write(optimizer.paint(watch), out);
    assertEquals(15, evaluations[0]);
    assertEquals(130, TestPictures.read(out).getHeight());
    assertTrue(distance(out, painting) < distance(photo, painting));
    assertTrue(pixels(out).minus(pixels(photo)).abs().mean().item() > 0.01);
  }

  @Test
  void wrongOptionsAreRefused() {
    assertFails(Failure.USAGE, "--steps must be at least 1, was 0", "--steps", 0);
    assertFails(Failure.USAGE, "--short-side must be at least 49, was 20", "--short-side", 20);
    assertFails(Failure.USAGE, "--style-size must be at least 49, was 9", "--style-size", 9);
    assertFails(Failure.USAGE, "--content-weight must be a number", "--content-weight", "NaN");
    assertFails(Failure.USAGE, "--quality must be from 1 to 100, was 101", "--quality", 101);
    assertFails(Failure.FILE, "none.png: no such file", "--init", folder.resolve("none.png"));
    assertFails(Failure.FILE, "none.png: no such file", "--features", folder.resolve("none.png"));
    out = photo;
    assertFails(Failure.USAGE, "is read and would be written; --overwrite");
    out = folder.resolve("out.bmp");
    assertFails(Failure.USAGE, "a picture is written as .png or .jpg");
    out = folder.resolve("out.png");
    PictureFiles.write(new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB), painting);
    assertFails(Failure.FILE, "is of one colour throughout");
    PictureFiles.write(TestPictures.waves(40, 60), photo);
    assertFails(Failure.FILE, "40x60 is too small to be repainted, needs 49x49");
  }

  private void assertFails(int exitCode, String message, Object... options) {
    assertEquals(exitCode, optimize(options));
    assertTrue(command.errors.toString().contains(message), command.errors.toString());
  }

  @Test
  void squeezeNetPaintsStrokes() {
    assertEquals(
        0, optimize("--steps", 12, "--features", Features.squeezeNet()), "" + command.errors);
    assertEquals("", command.errors.toString());
    FeatureNetwork network = FeatureNetwork.read(Features.squeezeNet());
    FeatureMeasures wanted = new FeatureMeasures(network, pixels(painting));
    List<String> layers = network.roles().heldOut();
    double before = new FeatureMeasures(network, pixels(photo)).style(wanted, layers);
    double after = new FeatureMeasures(network, pixels(out)).style(wanted, layers);
    assertTrue(after < 0.85 * before, after + " of " + before);
  }
}
