package org.tapegrad.examples.style;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Arrays;

/** Pictures of any colour model as sRGB of 8 bits a channel. */
final class Colours {
  private static final ICC_Profile SRGB = ICC_Profile.getInstance(ColorSpace.CS_sRGB);

  private final BufferedImage image;
  private final ColorModel model;
  private final int channels;
  private final ColorConvertOp conversion;

  /**
   * The picture in sRGB, with alpha where it is transparent.
   *
   * @param profile what the channels mean, or null where the picture itself knows
   * @throws IOException if its samples are not whole numbers of up to 16 bits
   */
  static BufferedImage srgb(BufferedImage image, ICC_Profile profile) throws IOException {
    return new Colours(image, profile).converted();
  }

  private Colours(BufferedImage image, ICC_Profile profile) throws IOException {
    this.image = image;
    model = image.getColorModel();
    channels = model instanceof IndexColorModel ? 3 : model.getNumColorComponents();
    int largest = Arrays.stream(model.getComponentSize()).max().orElse(0);
    int type = model.getTransferType();
    if (largest > 16 || type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
      throw new IOException("samples of %d bits are not read, only up to 16".formatted(largest));
    }
    ICC_Profile from = profile == null ? own(model.getColorSpace()) : profile;
    boolean fits = from != null && from.getNumComponents() == channels;
    if (!fits && channels != 1 && channels != 3 && !isInk()) {
      throw new IOException("%d channels without a colour profile".formatted(channels));
    }
    conversion = fits ? new ColorConvertOp(new ICC_Profile[] {from, SRGB}, null) : null;
  }

  private boolean isInk() {
    return model.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
  }

  /**
   * The profile of a colour space that says more than "red, green, blue" or "grey". Grey samples
   * without a profile count as sRGB's: Java takes them for linear light and would brighten them.
   */
  private static ICC_Profile own(ColorSpace space) {
    boolean plain = space.isCS_sRGB() || space.equals(ColorSpace.getInstance(ColorSpace.CS_GRAY));
    return !plain && space instanceof ICC_ColorSpace icc ? icc.getProfile() : null;
  }

  private BufferedImage converted() {
    int w = image.getWidth();
    int type = model.hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage out = new BufferedImage(w, image.getHeight(), type);
    byte[] alpha = new byte[w];
    int[] packed = new int[w];
    WritableRaster colours = bytes(w, channels);
    WritableRaster rgb = conversion == null ? colours : bytes(w, 3);
    for (int y = 0; y < image.getHeight(); y++) {
      readRow(y, colours, alpha);
      if (conversion != null) {
        conversion.filter(colours, rgb);
      }
      for (int x = 0; x < w; x++) {
        packed[x] = alpha[x] << 24 | packed(rgb.getPixel(x, 0, (int[]) null));
      }
      out.setRGB(0, y, w, 1, packed, 0, w);
    }
    return out;
  }

  /** Grey, red-green-blue or, without a profile, inks: black lets through what is left of all. */
  private static int packed(int[] c) {
    return switch (c.length) {
      case 1 -> 0x10101 * c[0];
      case 3 -> c[0] << 16 | c[1] << 8 | c[2];
      default -> left(c[0], c[3]) << 16 | left(c[1], c[3]) << 8 | left(c[2], c[3]);
    };
  }

  private static int left(int ink, int black) {
    return Math.round((255 - ink) * (255 - black) / 255f);
  }

  private static WritableRaster bytes(int width, int bands) {
    return Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, 1, bands, null);
  }

  private void readRow(int y, WritableRaster colours, byte[] alpha) {
    Arrays.fill(alpha, (byte) 255);
    if (model instanceof IndexColorModel) {
      for (int x = 0; x < alpha.length; x++) {
        int argb = image.getRGB(x, y);
        alpha[x] = (byte) (argb >>> 24);
        for (int c = 0; c < 3; c++) {
          colours.setSample(x, 0, c, argb >> 16 - 8 * c & 255);
        }
      }
      return;
    }
    Raster raster = image.getRaster();
    int[] pixel = new int[raster.getNumBands()];
    for (int x = 0; x < alpha.length; x++) {
      raster.getPixel(x, y, pixel);
      double opaque = model.hasAlpha() ? fraction(pixel, channels) : 1;
      alpha[x] = (byte) Math.round(255 * opaque);
      boolean divided = model.isAlphaPremultiplied() && opaque > 0;
      for (int c = 0; c < channels; c++) {
        double value = fraction(pixel, c) / (divided ? opaque : 1);
        colours.setSample(x, 0, c, (int) Math.round(255 * Math.min(1, value)));
      }
    }
  }

  private double fraction(int[] pixel, int band) {
    return (double) pixel[band] / ((1 << model.getComponentSize(band)) - 1);
  }
}
