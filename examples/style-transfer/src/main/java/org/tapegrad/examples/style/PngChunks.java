package org.tapegrad.examples.style;

import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;

/** What ImageIO leaves out when it reads a PNG file: checksums, the end, the colour profile. */
final class PngChunks {
  private static final int SIGNATURE = 8;

  /** Bytes of a chunk beside its data: length, type, checksum. */
  private static final int FRAME = 12;

  private static final int LARGEST_PROFILE = 1 << 24;

  private PngChunks() {}

  /**
   * The colour profile of a file (chunk iCCP), or null.
   *
   * @throws IOException if a checksum is wrong or the file has no end (chunk IEND)
   */
  static ICC_Profile profile(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file).position(SIGNATURE);
    ICC_Profile profile = null;
    while (in.remaining() >= FRAME) {
      int length = in.getInt();
      if (length < 0 || length > in.remaining() - 8) {
        break;
      }
      ByteBuffer typeAndData = in.slice(in.position(), 4 + length);
      in.position(in.position() + 4 + length);
      CRC32 checksum = new CRC32();
      checksum.update(typeAndData.duplicate());
      byte[] name = new byte[4];
      typeAndData.get(name);
      String type = new String(name, StandardCharsets.ISO_8859_1);
      if ((int) checksum.getValue() != in.getInt()) {
        throw new IOException("damaged, a checksum is wrong");
      }
      if (type.equals("iCCP")) {
        profile = inflated(typeAndData);
      }
      if (type.equals("IEND")) {
        return profile;
      }
    }
    throw new IOException("damaged, the end is missing");
  }

  /** Data: a name, a zero, the method, which is zero too, and the profile compressed. */
  private static ICC_Profile inflated(ByteBuffer data) throws IOException {
    while (data.hasRemaining() && data.get() != 0) {
      continue;
    }
    byte[] rest = new byte[data.remaining()];
    data.get(rest);
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(rest, 1, Math.max(0, rest.length - 1)))) {
      return ICC_Profile.getInstance(in.readNBytes(LARGEST_PROFILE));
    } catch (IllegalArgumentException e) {
      throw new IOException("damaged, its colour profile is none", e);
    }
  }
}
