package org.tapegrad.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Mutated files, the same each time: {@link Safetensors#read} accepts what a second, strict parser
 * accepts, reads the same bits, and refuses all else in one line, in bounded memory.
 */
class SafetensorsGuard {
  private static final int FILES = 100_000;
  private static final long SEED = 1;

  /** Before these, Java allocates for its own classes. */
  private static final int WARM_UP = 1000;

  private static final List<String> WORDS =
      List.of(
          "F32",
          "F64",
          "F16",
          "BF16",
          "I64",
          "BOOL",
          "U64",
          "dtype",
          "shape",
          "data_offsets",
          "__metadata__",
          "\"",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "{}",
          "[]",
          "null",
          "-1",
          "0",
          "1",
          "00",
          "1e0",
          "2.0",
          "\\u0000",
          "\\ud800",
          "\\ud83d\\ude00",
          "2147483647",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "18446744073709551615",
          " ",
          "\n",
          "/**/");

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(SEED);

  private static byte[] file(String header, int dataBytes) {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    for (int i = 0; i < dataBytes; i++) {
      file.put((byte) (37 * i + 11));
    }
    return file.array();
  }

  private static List<byte[]> whole() {
    return List.of(
        file("{'a':{'dtype':'F32','shape':[2,3],'data_offsets':[0,24]}}", 24),
        file(
            "{'__metadata__':{'k':'v','\\u00fc':'ü'},'w':{'dtype':'F64','shape':[],"
                + "'data_offsets':[0,8]},'b':{'dtype':'F16','shape':[3],'data_offsets':[8,14]},"
                + "'e':{'dtype':'F32','shape':[0,7],'data_offsets':[8,8]}}  ",
            14),
        file(
            "{'x':{'data_offsets':[8,16],'shape':[1,1,4],'dtype':'BF16'}, 'n':{'dtype':'I64',"
                + "'shape':[1],'data_offsets':[0,8]},'t':{'dtype':'BOOL','shape':[2],"
                + "'data_offsets':[16,18]}}",
            18),
        file("{}", 0));
  }

  /** One to three changes; the length in front is put right for most, so that more is parsed. */
  private byte[] mutated(byte[] whole) {
    int headerBytes = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    List<Byte> bytes = new ArrayList<>();
    for (byte b : whole) {
      bytes.add(b);
    }
    int before = bytes.size();
    int behind = before - 8 - headerBytes;
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      boolean header = random.nextInt(8) != 0;
      int from = header ? 8 : 0;
      int to = Math.max(from + 1, header ? bytes.size() - behind : bytes.size());
      change(bytes, from, Math.min(to, bytes.size()));
    }
    byte[] file = new byte[bytes.size()];
    for (int i = 0; i < file.length; i++) {
      file[i] = bytes.get(i);
    }
    if (file.length >= 8 && random.nextInt(8) != 0) {
      int length = Math.max(0, file.length - 8 - behind);
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    }
    return file;
  }

  private void change(List<Byte> bytes, int from, int to) {
    if (from >= to) {
      return;
    }
    int at = random.nextInt(from, to);
    int end = Math.min(to, at + 1 + random.nextInt(12));
    switch (random.nextInt(7)) {
      case 0 -> bytes.set(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
      case 1 -> bytes.set(at, (byte) random.nextInt());
      case 2 -> bytes.subList(at, end).clear();
      case 3 -> bytes.addAll(at, List.copyOf(bytes.subList(at, end)));
      case 4 -> digit(bytes, at, to);
      case 5 -> bytes.subList(Math.max(at, to - 9), to).clear();
      default -> {
        byte[] word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
        if (random.nextBoolean()) {
          bytes.subList(at, Math.min(to, at + word.length)).clear();
        }
        for (int i = 0; i < word.length; i++) {
          bytes.add(at + i, word[i]);
        }
      }
    }
  }

  /** Another digit in place of the next one. */
  private void digit(List<Byte> bytes, int at, int to) {
    for (int i = at; i < to; i++) {
      if (bytes.get(i) >= '0' && bytes.get(i) <= '9') {
        bytes.set(i, (byte) ('0' + random.nextInt(10)));
        return;
      }
    }
  }

  private static StrictParser parsed(byte[] content) {
    try {
      return new StrictParser(content);
    } catch (StrictParser.Refused e) {
      return null;
    }
  }

  @Test
  void mutatedFilesAreReadAsAStrictParserDoes() throws IOException {
    Path file = folder.resolve("x");
    List<byte[]> whole = whole();
    int accepted = 0;
    long most = 0;
    FileChannel channel = // left open: to close a file anew each time takes long on some systems
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    for (int i = 0; i < FILES; i++) {
      byte[] content = mutated(whole.get(random.nextInt(whole.size())));
      channel.write(ByteBuffer.wrap(content), 0);
      channel.truncate(content.length);
      StrictParser strict = parsed(content);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        Safetensors read = Safetensors.read(file);
        most = Math.max(most, beside(content, before, i));
        assertTrue(strict != null, () -> "read: " + shown(content));
        assertSame(strict, read, content);
        accepted++;
      } catch (SafetensorsException e) {
        most = Math.max(most, beside(content, before, i));
        assertTrue(strict == null, () -> "refused, " + e.getMessage() + ": " + shown(content));
        String message = e.getMessage();
        assertTrue(message.startsWith(file + ": ") && message.length() < 500, message);
        assertEquals(Safetensors.printable(message), message);
      }
    }
    channel.close();
    assertTrue(most < 1 << 20, "bytes allocated beside a file's size: " + most);
    assertTrue(accepted > FILES / 50 && accepted < FILES / 2, accepted + " accepted");
    System.out.printf(
        "%d mutated safetensors files from seed %d: %d accepted and %d refused by both parsers, at"
            + " most %d bytes allocated beside a file's size%n",
        FILES, SEED, accepted, FILES - accepted, most);
  }

  /** Bytes allocated since then beside the file's size. */
  private static long beside(byte[] file, long before, int i) {
    return i < WARM_UP ? 0 : THREADS.getCurrentThreadAllocatedBytes() - before - file.length;
  }

  private static String shown(byte[] content) {
    return Safetensors.printable(new String(content, StandardCharsets.ISO_8859_1));
  }

  private static void assertSame(StrictParser strict, Safetensors read, byte[] content) {
    assertEquals(strict.metadata, read.metadata(), () -> shown(content));
    List<String> names =
        strict.tensors.entrySet().stream()
            .filter(e -> e.getValue().dtype().contains("F"))
            .map(e -> e.getKey())
            .toList();
    assertEquals(names, List.copyOf(read.tensors().keySet()), () -> shown(content));
    for (String name : names) {
      StrictParser.Entry entry = strict.tensors.get(name);
      NdArray array = read.tensors().get(name);
      assertTrue(array.hasShape(StrictParser.shape(entry)), () -> shown(content));
      DType type = entry.dtype().equals("F64") ? DType.FLOAT64 : DType.FLOAT32;
      assertEquals(type, array.dtype());
      if (entry.dtype().length() == 3 && !entry.dtype().equals("F16")) {
        assertArrayEquals(bytes(strict.bytes(entry)), bytes(array), () -> shown(content));
      }
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] bytes(NdArray array) {
    ByteBuffer bytes =
        ByteBuffer.allocate(array.size() * array.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    if (array.dtype() == DType.FLOAT64) {
      Arrays.stream(array.toDoubleArray()).forEach(bytes::putDouble);
    } else {
      for (float v : array.toFloatArray()) {
        bytes.putFloat(v);
      }
    }
    return bytes.array();
  }
}
