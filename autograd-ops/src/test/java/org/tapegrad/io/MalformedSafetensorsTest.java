package org.tapegrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which a file can differ from the format, and the message for it. */
class MalformedSafetensorsTest {
  @TempDir Path folder;

  private static final String A = "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

  private String refusal(byte[] content) throws IOException {
    Path file = folder.resolve("x");
    Files.write(file, content);
    SafetensorsException e = assertThrows(SafetensorsException.class, () -> Safetensors.read(file));
    return e.getMessage().substring((file + ": ").length());
  }

  private static byte[] file(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static byte[] file(String header, int dataBytes) {
    return file(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // header | bytes behind it | message
        "{} | 1 | the tensors take 0 bytes, the file has 1 behind the header",
        "{A} | 9 | the tensors take 8 bytes, the file has 9 behind the header",
        "{A} | 7 | the tensors take 8 bytes, the file has 7 behind the header",
        "{A,'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8"
            + " | b: data begins at 4 where 8 was expected: tensors overlap",
        "{'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},A} | 8"
            + " | a: data begins at 0 where 8 was expected: tensors overlap",
        "{A,'b':{'dtype':'F32','shape':[1],'data_offsets':[12,16]}} | 16"
            + " | b: data begins at 12 where 8 was expected: a gap",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8"
            + " | a: data begins at 4 where 0 was expected: a gap",
        "{A,'b':{'dtype':'F32','shape':[0],'data_offsets':[99,99]}} | 8"
            + " | b: data begins at 99 where 8 was expected: a gap",
        "{'a':{'dtype':'F64','shape':[2],'data_offsets':[0,8]}} | 8"
            + " | a: data_offsets [0, 8] do not hold float64[2]",
        "{'a':{'dtype':'F32','shape':[2,2],'data_offsets':[0,8]}} | 8"
            + " | a: data_offsets [0, 8] do not hold float32[2, 2]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | 8"
            + " | a: data_offsets [8, 0] do not hold float32[2]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}} | 8"
            + " | a data_offsets: must be a list of whole numbers >= 0, has -8",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | 8"
            + " | a shape: must be a list of whole numbers >= 0, has -2",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | 8"
            + " | a shape: must be a list of whole numbers >= 0, has 2.0",
        "{'a':{'dtype':'F32','shape':[2e0],'data_offsets':[0,8]}} | 8"
            + " | a shape: must be a list of whole numbers >= 0, has 2e0",
        "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}} | 8"
            + " | a shape: must be a list of whole numbers >= 0, has 2",
        "{'a':{'dtype':'F32','shape':[[2]],'data_offsets':[0,8]}} | 8"
            + " | a shape: must be a list of whole numbers >= 0, has [",
        "{'a':{'dtype':'F32','shape':[null],'data_offsets':[0,8]}} | 8"
            + " | a shape: must be a list of whole numbers >= 0, has null",
        "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}} | 8"
            + " | a shape: expected start array",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,18446744073709551624]}} | 8"
            + " | a data_offsets: 18446744073709551624 is too large",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[9223372036854775800,9223372036854775807]}}"
            + " | 8 | a: data_offsets [9223372036854775800, 9223372036854775807] do not hold"
            + " float32[2]",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | 0"
            + " | a: shape [4294967296, 4294967296] has too many elements",
        "{'a':{'dtype':'F32','shape':[65536,65536,65536,65536],'data_offsets':[0,0]}} | 0"
            + " | a: shape [65536, 65536, 65536, 65536] has too many elements",
        "{'a':{'dtype':'F32','shape':[2147483648],'data_offsets':[0,0]}} | 0"
            + " | a: shape [2147483648] has too many elements",
        "{'a':{'dtype':'F32','shape':[2147483648,0],'data_offsets':[0,0]}} | 0"
            + " | a: shape [2147483648, 0] has too many elements",
        "{'a':{'dtype':'F32','shape':[2147483647],'data_offsets':[0,0]}} | 0"
            + " | a: data_offsets [0, 0] do not hold float32[2147483647]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | 8"
            + " | a: data_offsets must be [begin, end]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,8]}} | 8"
            + " | a: data_offsets must be [begin, end]",
        "{'a':{'dtype':'F32','shape':[2]}} | 8 | a: needs dtype, shape and data_offsets",
        "{'a':{'dtype':'F32','data_offsets':[0,8]}} | 8 | a: needs dtype, shape and data_offsets",
        "{'a':{'shape':[2],'data_offsets':[0,8]}} | 8 | a: needs dtype, shape and data_offsets",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}} | 8 | a: unknown key x",
        "{'a':{'dtype':4,'shape':[2],'data_offsets':[0,8]}} | 8 | a dtype: expected value string",
        "{'a':[2]} | 8 | a: expected start object",
        "{'a':null} | 8 | a: expected start object",
        "{'__metadata__':{'k':1}} | 0 | __metadata__ k: expected value string",
        "{'__metadata__':{'k':{}}} | 0 | __metadata__ k: expected value string",
        "{'__metadata__':['k']} | 0 | __metadata__: expected start object",
        "{'\\ud83d':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 8"
            + " | half a character in the text \uD83D",
        "[] | 0 | the header does not begin with {",
        "` {}` | 0 | the header does not begin with {",
      })
  void isRefused(String header, int dataBytes, String message) throws IOException {
    assertEquals(message, refusal(file(header.replace("A", A), dataBytes)));
  }

  @ParameterizedTest
  @CsvSource({"U64", "U32", "U16", "C64", "F8_E5M2", "F8_E4M3", "f32", "float32", "''"})
  void otherElementTypesAreNamed(String type) throws IOException {
    String header = "{'a':{'dtype':'" + type + "','shape':[0],'data_offsets':[0,0]}}";
    assertEquals(
        "a: element type "
            + type
            + " is not supported, only F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL",
        refusal(file(header, 0)));
  }

  /** These are told apart by the parser, whose words may change. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{A,A}",
        "{'__metadata__':{},'__metadata__':{}}",
        "{'__metadata__':{'k':'v','k':'v'}}",
        "{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
        "{A",
        "{A,}",
        "{",
        "{}}",
        "{'a'}",
        "{A}x",
        "{A/**/}",
        "{'a':{'dtype':'F32','shape':[02],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[NaN],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[2",
        "{'a':{'dtype':'F",
      })
  void isNoJson(String header) throws IOException {
    String message = refusal(file(header.replace("A", A), 8));
    assertEquals("the header is not valid JSON", message.substring(0, 28), message);
  }

  @Test
  void secondObjectBehindTheHeader() throws IOException {
    assertEquals(
        "something follows the header's closing brace", refusal(file("{" + A + "} {}", 8)));
  }

  @Test
  void headerThatIsNoUtf8() throws IOException {
    byte[] latin1 = ("{\"__metadata__\":{\"k\":\"ü\"}}").getBytes(StandardCharsets.ISO_8859_1);
    assertEquals("the header is not UTF-8", refusal(file(latin1, 0)));
    byte[] overlong = "{\"__metadata__\":{\"k\":\"??\"}}".getBytes(StandardCharsets.US_ASCII);
    overlong[22] = (byte) 0xC0;
    overlong[23] = (byte) 0x80;
    assertEquals("the header is not UTF-8", refusal(file(overlong, 0)));
  }

  @Test
  void fileThatIsTooShort() throws IOException {
    assertEquals("too short for a safetensors file: 0 bytes", refusal(new byte[0]));
    assertEquals("too short for a safetensors file: 7 bytes", refusal(new byte[7]));
    assertEquals("the header does not begin with {", refusal(new byte[8]));
  }

  @Test
  void headerLengthsThatDoNotFit() throws IOException {
    byte[] content = file("{}", 0);
    content[0] = 3;
    assertEquals("a header of 3 bytes does not fit a file of 10", refusal(content));
    content[7] = (byte) 0x80;
    assertEquals(
        "a header of 9223372036854775811 bytes does not fit a file of 10", refusal(content));
  }

  @Test
  void headerAboveTheLimit() throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.writeLong(Long.reverseBytes(100_000_001));
      sparse.setLength(200_000_000);
    }
    SafetensorsException e = assertThrows(SafetensorsException.class, () -> Safetensors.read(file));
    assertEquals(
        file + ": a header of 100000001 bytes is larger than 100000000, the format's limit",
        e.getMessage());
  }

  /** What a file says is shown, but does nothing to a terminal. */
  @Test
  void namesFromAFileAreShownEscaped() throws IOException {
    String name = "\\u001b[2J\\u0007\\n\\u009b\\u202e\\u2028ü";
    String header = "{'" + name + "':{'dtype':'F32','shape':[2]}}";
    assertEquals(
        "\\u001b[2J\\u0007\\u000a\\u009b\\u202e\\u2028ü: needs dtype, shape and data_offsets",
        refusal(file(header, 0)));
    assertEquals("a: unknown key \\u001b[2J", refusal(file("{'a':{'\\u001b[2J':1}}", 0)));
    assertEquals(
        "a: element type \\u001b[2J is not supported",
        refusal(file("{'a':{'dtype':'\\u001b[2J'}}", 0)).substring(0, 42));
  }

  @Test
  void messagesAreShort() throws IOException {
    for (String c : List.of("x", "\\u001b", "ü")) {
      for (int length : new int[] {300, 490, 600, 50_000}) {
        byte[] content = file("{'" + c.repeat(length) + "':{'dtype':'F32','shape':[2]}}", 0);
        Path file = folder.resolve("x");
        Files.write(file, content);
        String message =
            assertThrows(SafetensorsException.class, () -> Safetensors.read(file)).getMessage();
        assertTrue(message.length() < 500, message);
        assertTrue(message.startsWith(file.toString().substring(0, 20)), message);
        assertTrue(message.endsWith("needs dtype, shape and data_offsets"), message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
      }
    }
  }

  @Test
  void longLists() throws IOException {
    assertEquals(
        "a shape: has more than 64 numbers",
        refusal(file("{'a':{'dtype':'F32','shape':[1" + ",1".repeat(64) + "]}}", 0)));
  }

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Arrays of 8 and 16 GB that the file, full of holes, does hold. */
  @Test
  void arraysBeyondTheMemory() throws IOException {
    Path file = folder.resolve("large");
    for (String type : List.of("F32", "F64")) {
      for (long size : new long[] {Integer.MAX_VALUE, 2_000_000_000}) {
        long bytes = size * (type.equals("F32") ? 4 : 8);
        String header =
            "{'a':{'dtype':'%s','shape':[%d],'data_offsets':[0,%d]}}".formatted(type, size, bytes);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(0);
          sparse.write(file(header, 0));
          sparse.setLength(8 + header.length() + bytes);
        }
        SafetensorsException e =
            assertThrows(SafetensorsException.class, () -> Safetensors.read(file));
        assertEquals(
            file + ": a: " + bytes + " bytes are more memory than Java may use", e.getMessage());
      }
    }
  }

  /** So many that their names would take a multiple of the file; even counting them takes less. */
  @Test
  void manySmallTensorsAndTexts() throws IOException {
    int n = 200_000;
    StringBuilder tensors = new StringBuilder("{");
    StringBuilder texts = new StringBuilder("{'__metadata__':{");
    for (int i = 0; i < n; i++) {
      tensors.append(i == 0 ? "" : ",");
      tensors.append("'").append(i).append("':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}");
      texts.append(i == 0 ? "" : ",").append("'").append(i).append("':''");
    }
    for (String header : List.of(tensors + "}", texts + "}}")) {
      byte[] content = file(header, 0);
      int most = ((1 << 20) + content.length / 8) / 512;
      String message = refusal(content);
      assertEquals(
          (most + 1) + " tensors and metadata are too many for a file of " + content.length,
          message.substring(0, message.indexOf(" bytes")));
      Path file = folder.resolve("x");
      long before = THREADS.getCurrentThreadAllocatedBytes();
      assertThrows(SafetensorsException.class, () -> Safetensors.read(file));
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < content.length + (1 << 20), bytes + " for " + content.length);
    }
  }
}
