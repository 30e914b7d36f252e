package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFilesTest {
  @TempDir Path folder;

  private BufferedImage roundTrip(BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("picture." + format);
    assertTrue(ImageIO.write(image, format, file.toFile()));
    return TestPictures.read(file);
  }

  private static int[] rgb(BufferedImage image, int x, int y) {
    int p = image.getRGB(x, y);
    return new int[] {p >> 16 & 255, p >> 8 & 255, p & 255};
  }

  private static void assertColour(BufferedImage image, int x, int y, int r, int g, int b) {
    assertEquals(Arrays.toString(new int[] {r, g, b}), Arrays.toString(rgb(image, x, y)));
  }

  @Test
  void pngKeepsEveryColour() throws IOException {
    BufferedImage image = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
    image.setRGB(4, 2, 0x123456);
    image.setRGB(0, 1, 0xfedcba);
    BufferedImage read = roundTrip(image, "png");
    assertEquals(5, read.getWidth());
    assertEquals(3, read.getHeight());
    assertColour(read, 4, 2, 0x12, 0x34, 0x56);
    assertColour(read, 0, 1, 0xfe, 0xdc, 0xba);
  }

  @Test
  void transparentPartsBecomeWhite() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00ff0000);
    image.setRGB(1, 0, 0xffff0000);
    image.setRGB(2, 0, 0x800000ff);
    BufferedImage read = roundTrip(image, "png");
    assertColour(read, 0, 0, 255, 255, 255);
    assertColour(read, 1, 0, 255, 0, 0);
    assertColour(read, 2, 0, 127, 127, 255);
  }

  @Test
  void greyStaysAsDarkAsItWas() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(1, 0, 0, 100);
    BufferedImage read = roundTrip(image, "png");
    assertColour(read, 1, 0, 100, 100, 100);
    assertColour(read, 0, 0, 0, 0, 0);
  }

  @Test
  void greyOfSixteenBitsIsRoundedToEight() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 100 * 257);
    image.getRaster().setSample(1, 0, 0, 65535);
    BufferedImage read = roundTrip(image, "png");
    assertColour(read, 0, 0, 100, 100, 100);
    assertColour(read, 1, 0, 255, 255, 255);
  }

  @Test
  void greyWithAlphaIsPutOnWhite() throws IOException {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, 3, DataBuffer.TYPE_BYTE);
    WritableRaster raster = model.createCompatibleWritableRaster(2, 1);
    raster.setPixel(0, 0, new int[] {40, 255});
    raster.setPixel(1, 0, new int[] {40, 0});
    BufferedImage read = roundTrip(new BufferedImage(model, raster, false, null), "png");
    assertColour(read, 0, 0, 40, 40, 40);
    assertColour(read, 1, 0, 255, 255, 255);
  }

  @Test
  void coloursOfSixteenBitsAreRoundedToEight() throws IOException {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, 1, DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, new int[] {10 * 257, 128 * 257, 250 * 257});
    BufferedImage read = roundTrip(new BufferedImage(model, raster, false, null), "png");
    assertColour(read, 0, 0, 10, 128, 250);
  }

  @Test
  void palettesAreLookedUp() throws IOException {
    byte[] r = {0, (byte) 200};
    byte[] g = {10, 100};
    byte[] b = {20, 50};
    IndexColorModel model = new IndexColorModel(1, 2, r, g, b);
    BufferedImage image = new BufferedImage(9, 2, BufferedImage.TYPE_BYTE_BINARY, model);
    image.getRaster().setSample(8, 1, 0, 1);
    BufferedImage png = roundTrip(image, "png");
    assertColour(png, 8, 1, 200, 100, 50);
    assertColour(png, 0, 0, 0, 10, 20);
    BufferedImage large = new BufferedImage(20, 20, BufferedImage.TYPE_BYTE_BINARY, model);
    large.getRaster().setSample(8, 16, 0, 1);
    assertColour(roundTrip(large, "gif"), 8, 16, 200, 100, 50);
  }

  @Test
  void jpegIsReadNearly() throws IOException {
    BufferedImage read = roundTrip(halves(), "jpg");
    int[] left = rgb(read, 3, 8);
    assertTrue(left[0] > 190 && left[1] < 40 && left[2] < 40, Arrays.toString(left));
  }

  /** Red on the left, blue on the right, 32x16. */
  private static BufferedImage halves() {
    BufferedImage image = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(200, 0, 0));
    g.fillRect(0, 0, 16, 16);
    g.setColor(new Color(0, 0, 200));
    g.fillRect(16, 0, 16, 16);
    g.dispose();
    return image;
  }

  @Test
  void picturesStandUpright() throws IOException {
    for (int orientation = 1; orientation <= 8; orientation++) {
      BufferedImage read = TestPictures.read(jpegWithOrientation(orientation));
      boolean turned = orientation >= 5;
      assertEquals(turned ? 16 : 32, read.getWidth(), "orientation " + orientation);
      // Exif 2.3: where the stored picture's left edge is seen
      boolean redFirst = List.of(1, 4, 5, 6).contains(orientation);
      int[] first = rgb(read, 4, 4);
      int[] last = rgb(read, read.getWidth() - 5, read.getHeight() - 5);
      assertEquals(redFirst, first[0] > first[2], "orientation " + orientation);
      assertEquals(redFirst, last[2] > last[0], "orientation " + orientation);
    }
  }

  @Test
  void damagedExifIsIgnored() throws IOException {
    Path file = jpegWithOrientation(9);
    assertEquals(32, TestPictures.read(file).getWidth());
  }

  private Path jpegWithOrientation(int orientation) throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(halves(), "jpg", jpeg);
    byte[] plain = jpeg.toByteArray();
    byte[] exif = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      0x01,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(plain, 0, 2);
    whole.writeBytes(exif);
    whole.write(plain, 2, plain.length - 2);
    Path file = folder.resolve("turned" + orientation + ".jpg");
    Files.write(file, whole.toByteArray());
    return file;
  }

  private static void assertFails(int exitCode, String message, Runnable what) {
    Failure failure = assertThrows(Failure.class, what::run);
    assertEquals(exitCode, failure.exitCode());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path file = folder.resolve("x.png");
    assertFails(Failure.FILE, "x.png: no such file", () -> TestPictures.read(file));
    assertFails(Failure.FILE, "is a folder", () -> TestPictures.read(folder));
    Files.writeString(file, "not a picture");
    assertFails(Failure.FILE, "x.png: cannot be read", () -> TestPictures.read(file));
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(halves(), "png", png);
    for (int length = 1; length < 40; length += 3) { // into the header of the pixels
      Files.write(file, Arrays.copyOf(png.toByteArray(), length));
      assertFails(Failure.FILE, "x.png: ", () -> TestPictures.read(file));
    }
  }

  @Test
  void aFullDiskIsNamed() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    Path file = folder.resolve("out.png");
    Files.createSymbolicLink(file, full);
    assertFails(Failure.FILE, "the disk is full", () -> PictureFiles.write(halves(), file));
  }

  @Test
  void whatCannotBeWrittenIsNamed() {
    assertFails(
        Failure.USAGE, "x.tif", () -> PictureFiles.write(halves(), folder.resolve("x.tif")));
    Path file = folder.resolve("made/on/the/way.png");
    PictureFiles.write(halves(), file);
    assertEquals(32, TestPictures.read(file).getWidth());
    assertFails(
        Failure.FILE,
        "cannot be written",
        () -> PictureFiles.write(halves(), file.resolve("below-a-file.png")));
  }

  @Test
  void foldersAreListedInOrder() throws IOException {
    for (String name : List.of("b.PNG", "a.jpeg", "notes.txt", "c.gif")) {
      Files.writeString(folder.resolve(name), "");
    }
    Files.createDirectory(folder.resolve("d.png"));
    List<String> names =
        PictureFiles.inFolder(folder).stream().map(f -> f.getFileName().toString()).toList();
    assertEquals(List.of("a.jpeg", "b.PNG", "c.gif"), names);
    assertFalse(PictureFiles.isPicture(Path.of("/")));
  }
}
