package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated pictures, the same each time: each is read or refused in one line, in bounded time and
 * memory.
 */
class PictureGuard {
  private static final int FILES = 5_000;
  private static final long SEED = 1;

  /** Megapixels, which a picture may claim. */
  private static final int LARGEST = 1;

  private static final long MOST_NANOSECONDS = 2_000_000_000;
  private static final long MOST_BYTES = 100L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(SEED);

  /** The pictures of {@link PictureReaderTest}. */
  private static List<byte[]> whole() throws IOException, URISyntaxException {
    Path pictures = Path.of(PictureGuard.class.getResource("pictures/rgb.png").toURI()).getParent();
    List<byte[]> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(pictures)) {
      for (Path file : files.filter(PictureFiles::isPicture).sorted().toList()) {
        all.add(Files.readAllBytes(file));
      }
    }
    return all;
  }

  /** One to four changes, most of them at the beginning, where sizes and tables stand. */
  private byte[] mutated(byte[] whole) {
    byte[] file = whole.clone();
    for (int n = random.nextInt(1, 5); n > 0; n--) {
      int end = random.nextBoolean() ? file.length : Math.min(file.length, 200);
      int at = random.nextInt(end);
      int count = Math.min(file.length - at, 1 + random.nextInt(8));
      int from = random.nextInt(file.length - count + 1);
      switch (random.nextInt(6)) {
        case 0 -> file[at] ^= 1 << random.nextInt(8);
        case 1 -> file[at] = (byte) random.nextInt();
        case 2 -> Arrays.fill(file, at, at + count, (byte) (random.nextBoolean() ? 0 : 255));
        case 3 -> System.arraycopy(whole, Math.min(from, whole.length - count), file, at, count);
        case 4 -> file = Arrays.copyOf(file, Math.max(16, file.length - random.nextInt(64)));
        default -> {
          byte[] longer = Arrays.copyOf(file, file.length + count);
          System.arraycopy(file, at, longer, at + count, file.length - at);
          file = longer;
        }
      }
    }
    return random.nextInt(4) == 0 ? file : withChecksums(file);
  }

  /** A PNG with the checksums that its chunks should have, so that more than these is looked at. */
  private static byte[] withChecksums(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (file.length < 8 || in.getInt(0) != 0x89504e47) {
      return file;
    }
    for (int at = 8; at + 12 <= file.length; ) {
      int length = in.getInt(at);
      if (length < 0 || length > file.length - at - 12) {
        break;
      }
      CRC32 checksum = new CRC32();
      checksum.update(file, at + 4, 4 + length);
      in.putInt(at + 8 + length, (int) checksum.getValue());
      at += 12 + length;
    }
    return file;
  }

  @Test
  void mutatedPicturesAreReadOrRefused() throws IOException, URISyntaxException {
    List<byte[]> whole = whole();
    Path file = folder.resolve("x");
    PictureReader reader = new PictureReader(LARGEST);
    int read = 0;
    long longest = 0;
    long most = 0;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < FILES; i++) {
        int picture = random.nextInt(whole.size());
        byte[] content = mutated(whole.get(picture));
        channel.write(ByteBuffer.wrap(content), 0);
        channel.truncate(content.length);
        String name = "picture %d from number %d".formatted(i, picture);
        long[] cost = new long[2];
        read +=
            assertTimeoutPreemptively( // where a decoder never ends
                    Duration.ofMinutes(2), () -> isRead(reader, file, name, cost), name)
                ? 1
                : 0;
        longest = Math.max(longest, cost[0]);
        most = Math.max(most, cost[1]);
        assertTrue(cost[0] < MOST_NANOSECONDS, name + " took " + cost[0] / 1e9 + " s");
        assertTrue(cost[1] < MOST_BYTES, name + " took " + cost[1] + " bytes");
      }
    }
    assertTrue(read > FILES / 20 && read < FILES, read + " were read");
    System.out.printf(
        "%d mutated pictures from seed %d: %d read, %d refused, at most %.2f s of CPU time and %.1f"
            + " MB allocated for one%n",
        FILES, SEED, read, FILES - read, longest / 1e9, most / 1e6);
  }

  /** Reads a picture, or sees it refused, and tells the nanoseconds and bytes that this took. */
  private static boolean isRead(PictureReader reader, Path file, String name, long[] cost) {
    long time = THREADS.getCurrentThreadCpuTime();
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    try {
      BufferedImage image = reader.readWithAlpha(file);
      assertTrue((long) image.getWidth() * image.getHeight() <= LARGEST * 1_000_000L, name);
      return true;
    } catch (Failure e) {
      assertEquals(Failure.FILE, e.exitCode(), name);
      assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
      assertTrue(e.getMessage().length() < 500 && e.getMessage().lines().count() == 1, name);
      return false;
    } finally {
      cost[0] = THREADS.getCurrentThreadCpuTime() - time;
      cost[1] = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    }
  }
}
