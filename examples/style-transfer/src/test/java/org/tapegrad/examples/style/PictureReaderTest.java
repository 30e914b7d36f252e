package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tapegrad.array.NdArray;

/** Pictures that others have written, see pictures/PROVENANCE.md. */
class PictureReaderTest {
  private static final int[] COLOURS = {0xffc83c1e, 0xff28a05a, 0xff1432b4, 0xffe6dc78};
  private static final int[] GREYS = {0xff1e1e1e, 0xff646464, 0xffa0a0a0, 0xfffafafa};
  private static final int[] BITS = {0xff000000, 0xffffffff, 0xffffffff, 0xff000000};

  @TempDir Path folder;

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = PictureReaderTest.class.getResourceAsStream("pictures/" + name)) {
      return in.readAllBytes();
    }
  }

  private Path file(String name) throws IOException {
    return Files.write(folder.resolve(Path.of(name).getFileName().toString()), bytes(name));
  }

  private BufferedImage read(String name) throws IOException {
    return TestPictures.read(file(name));
  }

  /** The middle of each quarter, as ARGB. */
  private void assertQuarters(String name, int tolerance, int... argb) throws IOException {
    BufferedImage image = new PictureReader(1).readWithAlpha(file(name));
    assertEquals(64, image.getWidth());
    assertEquals(48, image.getHeight());
    for (int i = 0; i < 4; i++) {
      int was = image.getRGB(16 + 32 * (i % 2), 12 + 24 * (i / 2));
      for (int shift = argb[i] >>> 24 == 0 ? 24 : 0; shift < 32; shift += 8) {
        assertEquals(
            argb[i] >> shift & 255,
            was >> shift & 255,
            tolerance,
            "%s: quarter %d is %08x, not %08x".formatted(name, i, was, argb[i]));
      }
    }
  }

  private static int[] withAlpha(int[] rgb, int... alpha) {
    int[] argb = new int[4];
    Arrays.setAll(argb, i -> rgb[i] & 0xffffff | alpha[i] << 24);
    return argb;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.png",
        "palette.png",
        "rgb.bmp",
        "palette.bmp",
        "palette.gif",
        "rgb-raw.tif",
        "rgb-lzw.tif",
        "rgb-deflate.tif",
        "rgb-packbits.tif",
        "palette.tif",
        "lossless.webp"
      })
  void coloursAreKept(String name) throws IOException {
    assertQuarters(name, 0, COLOURS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.jpg",
        "rgb420.jpg",
        "progressive.jpg",
        "channels.jpg",
        "cmyk.jpg",
        "cmyk.tif",
        "rgb-jpeg.tif",
        "lossy.webp"
      })
  void coloursAreNearlyKept(String name) throws IOException {
    assertQuarters(name, 4, COLOURS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"grey.png", "grey16.png", "grey.bmp", "grey.jpg", "grey.tif", "grey16.tif"})
  void greysAreKept(String name) throws IOException {
    assertQuarters(name, name.endsWith("jpg") ? 1 : 0, GREYS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bits.png", "bits.bmp", "bits.tif", "bits-fax.tif"})
  void blackAndWhiteAreKept(String name) throws IOException {
    assertQuarters(name, 0, BITS);
  }

  @Test
  void transparencyIsKept() throws IOException {
    for (String name : new String[] {"rgba.png", "rgba.tif", "alpha.webp"}) {
      assertQuarters(name, 0, withAlpha(COLOURS, 255, 0, 128, 255));
    }
    for (String name : new String[] {"palette-transparent.png", "rgb-transparent.png"}) {
      assertQuarters(name, 0, withAlpha(COLOURS, 255, 0, 255, 255));
    }
    for (String name : new String[] {"greyalpha.png", "greyalpha.tif"}) {
      assertQuarters(name, 0, withAlpha(GREYS, 255, 0, 128, 255));
    }
  }

  @Test
  void colourProfilesCount() throws IOException {
    // what LittleCMS makes of (60, 200, 80), and of (60, 199, 80), which JPEG has made of it
    assertEquals("ff00c943", Integer.toHexString(read("found/iccflat_adobe.png").getRGB(30, 30)));
    assertEquals("ff00c843", Integer.toHexString(read("found/iccflat_adobe.jpg").getRGB(30, 30)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"exif6_com_first.jpg", "exif6_fill.jpg", "exif6_long_be.jpg", "exif6.png"})
  void orientationIsFoundWhereverItStands(String name) throws IOException {
    BufferedImage image = read("found/" + name);
    assertEquals("150x226", image.getWidth() + "x" + image.getHeight());
    BufferedImage plain = read("found/rgb.jpg");
    for (int i = 10; i < 150; i += 20) { // orientation 6: the left edge is seen on top
      int[] was = rgb(image.getRGB(149 - i, 40));
      int[] right = rgb(plain.getRGB(40, i));
      for (int c = 0; c < 3; c++) {
        assertEquals(right[c], was[c], 24, name + " at " + i);
      }
    }
  }

  private static int[] rgb(int p) {
    return new int[] {p >> 16 & 255, p >> 8 & 255, p & 255};
  }

  @Test
  void fourChannelsAreAsBrightAsThree() throws IOException {
    NdArray right = Pixels.of(read("found/rgb.jpg"));
    assertEquals(mean(right), mean(Pixels.of(read("found/ycck.jpg"))), 0.03);
    byte[] cmyk = bytes("found/ycck.jpg"); // marked as what it is, the same picture
    cmyk[17] = 0;
    Path file = Files.write(folder.resolve("cmyk.jpg"), cmyk);
    NdArray difference = Pixels.of(TestPictures.read(file)).minus(right);
    assertEquals(0, mean(difference.times(difference)), 5e-4);
  }

  private static double mean(NdArray values) {
    return Arrays.stream(values.toDoubleArray()).average().orElseThrow();
  }

  private void assertRefused(String message, Path file) {
    Failure failure = assertThrows(Failure.class, () -> TestPictures.read(file), file.toString());
    assertEquals(Failure.FILE, failure.exitCode());
    assertTrue(failure.getMessage().startsWith(file + ": cannot be read: "), failure.getMessage());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void samplesOf32BitsAreRefused() throws IOException {
    assertRefused("samples of 32 bits are not read", file("found/float.tif"));
    assertRefused("samples of 32 bits are not read", file("found/int32.tif"));
  }

  @Test
  void whatAPictureClaimsIsCheckedBeforeItIsDecoded() throws IOException {
    Path png = file("found/bomb1bit_27000.png");
    Path jpeg = file("found/slow-981.jpg");
    assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> {
          assertRefused(
              "27000x27000 are 729 megapixels, more than the limit of 100; --max-megapixels", png);
          assertRefused("33786x30775 are 1040 megapixels", jpeg);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "found/truncated90.jpg",
        "rgb.png",
        "palette.png",
        "rgb.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "rgb.bmp",
        "palette.bmp",
        "bits.bmp",
        "palette.gif",
        "rgb-raw.tif",
        "rgb-lzw.tif",
        "rgb-deflate.tif",
        "rgb-packbits.tif",
        "rgb-jpeg.tif",
        "bits-fax.tif",
        "lossless.webp",
        "alpha.webp",
        "lossy.webp"
      })
  void whatIsCutShortIsRefused(String name) throws IOException {
    byte[] whole = bytes(name);
    Path file = folder.resolve("cut");
    for (int tenths = 1; tenths <= 9; tenths++) {
      Files.write(file, Arrays.copyOf(whole, whole.length * tenths / 10));
      assertRefused("", file);
    }
  }

  @Test
  void aPngWithAWrongChecksumOrNoEndIsRefused() throws IOException {
    byte[] png = bytes("rgb.png");
    Path file = folder.resolve("wrong.png");
    assertRefused("the end is missing", Files.write(file, Arrays.copyOf(png, png.length - 12)));
    assertRefused("damaged", Files.write(file, Arrays.copyOf(png, png.length - 1)));
    for (int at : new int[] {29, png.length - 20, png.length - 14, png.length - 1}) {
      byte[] changed = png.clone();
      changed[at] ^= 1;
      assertRefused("damaged, a checksum is wrong", Files.write(file, changed));
    }
  }
}
