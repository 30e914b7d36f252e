package org.tapegrad.io;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tapegrad.array.NdArray;

/**
 * The header of a safetensors file: what is stored where.
 *
 * @param end the position of the first byte behind the header that was read
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long end) {
  static final String METADATA = "__metadata__";
  private static final int LENGTH_BYTES = 8;

  /** The format's own limit for the header. */
  private static final long MAX_LENGTH = 100_000_000;

  /** What a tensor or a text takes in memory besides its elements or characters, at most. */
  private static final int BYTES_PER_NAME = 512;

  /** Dimensions of a tensor: as many as NumPy has. */
  static final int MAX_RANK = 64;

  /**
   * Names and texts of any length that fits a header, since they are written; names are not kept in
   * a table, which would only grow from file to file.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength((int) MAX_LENGTH)
                  .maxStringLength((int) MAX_LENGTH)
                  .build())
          .build();

  /** One tensor; begin and end are byte offsets behind the header. */
  record Entry(String name, ElementType dtype, int[] shape, long begin, long end) {}

  /** Reads the header of a file and checks it against the size of the file. */
  static SafetensorsHeader read(FileChannel channel) throws IOException {
    long fileSize = channel.size();
    if (fileSize < LENGTH_BYTES) {
      throw new SafetensorsException("too short for a safetensors file: " + fileSize + " bytes");
    }
    ByteBuffer first = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, first, 0);
    long length = first.getLong(0);
    if (length < 0 || length > fileSize - LENGTH_BYTES) {
      throw new SafetensorsException(
          "a header of %s bytes does not fit a file of %d"
              .formatted(Long.toUnsignedString(length), fileSize));
    }
    requireLength(length);
    ByteBuffer brace = ByteBuffer.allocate(1);
    if (length > 0) {
      readFully(channel, brace, LENGTH_BYTES);
    }
    if (brace.get(0) != '{') {
      throw new SafetensorsException("the header does not begin with {");
    }
    long end = LENGTH_BYTES + length;
    try (Reader text =
        new InputStreamReader(
            new Bytes(channel, LENGTH_BYTES, end), StandardCharsets.UTF_8.newDecoder())) {
      SafetensorsHeader header = parse(text, fileSize, end);
      header.check(fileSize - end);
      return header;
    } catch (CharacterCodingException e) {
      throw new SafetensorsException("the header is not UTF-8", e);
    }
  }

  /** The bytes from one position to another, read as they are needed. */
  private static final class Bytes extends InputStream {
    private final FileChannel channel;
    private long at;
    private final long end;

    Bytes(FileChannel channel, long begin, long end) {
      this.channel = channel;
      this.at = begin;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int n = (int) Math.min(length, end - at);
      if (n == 0 && length > 0) {
        return -1;
      }
      readFully(channel, ByteBuffer.wrap(to, offset, n), at);
      at += n;
      return n;
    }
  }

  /**
   * Refuses so many tensors and texts that the memory for their names would not be small beside the
   * file: more than 1 MB and an eighth of its size.
   */
  private static void requireFew(long names, long fileSize) throws SafetensorsException {
    if (names * BYTES_PER_NAME > (1 << 20) + fileSize / 8) {
      throw new SafetensorsException(
          ("%d tensors and metadata are too many for a file of %d bytes: at most 2048, and one more"
                  + " for every 4 kB")
              .formatted(names, fileSize));
    }
  }

  static void readFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      int n = channel.read(bytes, at);
      if (n < 0) {
        throw new SafetensorsException("the file ends early");
      }
      at += n;
    }
  }

  private static void requireLength(long length) throws SafetensorsException {
    if (length > MAX_LENGTH) {
      throw new SafetensorsException(
          "a header of %d bytes is larger than %d, the format's limit"
              .formatted(length, MAX_LENGTH));
    }
  }

  private static SafetensorsHeader parse(Reader text, long fileSize, long end) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = text(json.currentName());
        if (name.equals(METADATA)) {
          metadata = strings(json, fileSize);
        } else {
          entries.add(entry(json, name));
        }
        requireFew(entries.size() + metadata.size(), fileSize);
      }
      if (json.nextToken() != null) {
        throw new SafetensorsException("something follows the header's closing brace");
      }
    } catch (JsonProcessingException e) {
      throw new SafetensorsException("the header is not valid JSON: " + e.getOriginalMessage(), e);
    }
    return new SafetensorsHeader(entries, metadata, end);
  }

  private static Map<String, String> strings(JsonParser json, long fileSize) throws IOException {
    expect(json, JsonToken.START_OBJECT, METADATA);
    Map<String, String> strings = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = text(json.currentName());
      expect(json, JsonToken.VALUE_STRING, METADATA + " " + key);
      strings.put(key, text(json.getText()));
      requireFew(strings.size(), fileSize);
    }
    return strings;
  }

  /** JSON's escapes can spell half a character, which no UTF-8 file could hold. */
  private static String text(String s) throws SafetensorsException {
    try {
      requireText(s);
    } catch (IllegalArgumentException e) {
      throw new SafetensorsException(e.getMessage(), e);
    }
    return s;
  }

  static void requireText(String s) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(s)) {
      throw new IllegalArgumentException(
          Safetensors.printable("half a character in the text " + s));
    }
  }

  private static Entry entry(JsonParser json, String name) throws IOException {
    expect(json, JsonToken.START_OBJECT, name);
    ElementType dtype = null;
    int[] shape = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      switch (key) {
        case "dtype" -> dtype = dtype(json, name);
        case "shape" -> shape = shape(json, name);
        case "data_offsets" -> offsets = integers(json, name + " data_offsets");
        default -> throw new SafetensorsException(name + ": unknown key " + key);
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw new SafetensorsException(name + ": needs dtype, shape and data_offsets");
    }
    if (offsets.length != 2) {
      throw new SafetensorsException(name + ": data_offsets must be [begin, end]");
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private static ElementType dtype(JsonParser json, String name) throws IOException {
    expect(json, JsonToken.VALUE_STRING, name + " dtype");
    ElementType type = ElementType.named(json.getText());
    if (type == null) {
      throw new SafetensorsException(
          "%s: element type %s is not supported, only %s"
              .formatted(name, json.getText(), ElementType.names()));
    }
    return type;
  }

  private static int[] shape(JsonParser json, String name) throws IOException {
    long[] sizes = integers(json, name + " shape");
    long size = Arrays.stream(sizes).anyMatch(e -> e == 0) ? 0 : 1;
    for (long n : sizes) {
      if (n > Integer.MAX_VALUE || (size *= n) > Integer.MAX_VALUE) {
        throw new SafetensorsException(
            name + ": shape " + Arrays.toString(sizes) + " has too many elements");
      }
    }
    return Arrays.stream(sizes).mapToInt(e -> (int) e).toArray();
  }

  private static long[] integers(JsonParser json, String what) throws IOException {
    expect(json, JsonToken.START_ARRAY, what);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String digits = json.getText();
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || digits.startsWith("-")) {
        throw new SafetensorsException(
            what + ": must be a list of whole numbers >= 0, has " + digits);
      }
      if (values.size() == MAX_RANK) {
        throw new SafetensorsException(what + ": has more than " + MAX_RANK + " numbers");
      }
      try {
        values.add(Long.parseLong(digits));
      } catch (NumberFormatException e) {
        throw new SafetensorsException(what + ": " + digits + " is too large", e);
      }
    }
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static void expect(JsonParser json, JsonToken token, String what) throws IOException {
    if (json.nextToken() != token) {
      throw new SafetensorsException(
          what + ": expected " + token.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
  }

  /** The entries in the order of their data. */
  List<Entry> byOffset() {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    return sorted;
  }

  /** The data of all entries must be of the right size and fill all bytes behind the header. */
  private void check(long dataBytes) throws SafetensorsException {
    long at = 0;
    for (Entry e : byOffset()) {
      if (e.end - e.begin != bytes(e.dtype, e.shape)) {
        throw new SafetensorsException(
            "%s: data_offsets [%d, %d] do not hold %s%s"
                .formatted(e.name, e.begin, e.end, e.dtype, Arrays.toString(e.shape)));
      }
      if (e.begin != at) {
        throw new SafetensorsException(
            "%s: data begins at %d where %d was expected: %s"
                .formatted(e.name, e.begin, at, e.begin < at ? "tensors overlap" : "a gap"));
      }
      at = e.end;
    }
    if (at != dataBytes) {
      throw new SafetensorsException(
          "the tensors take " + at + " bytes, the file has " + dataBytes + " behind the header");
    }
  }

  private static long bytes(ElementType dtype, int[] shape) {
    return Arrays.stream(shape).asLongStream().reduce(dtype.bytes(), (a, b) -> a * b);
  }

  /** The header for arrays to be written: the wider elements first, so that all are aligned. */
  static SafetensorsHeader of(Map<String, NdArray> tensors, Map<String, String> metadata) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    tensors.keySet().forEach(name -> entries.put(name, null)); // keeps the order of the header
    long begin = 0;
    for (ElementType dtype : List.of(ElementType.F64, ElementType.F32)) {
      for (Map.Entry<String, NdArray> e : tensors.entrySet()) {
        int[] shape = e.getValue().shape();
        if (e.getValue().dtype() == dtype.dtype()) {
          long end = begin + bytes(dtype, shape);
          entries.put(e.getKey(), new Entry(e.getKey(), dtype, shape, begin, end));
          begin = end;
        }
      }
    }
    return new SafetensorsHeader(new ArrayList<>(entries.values()), metadata, 0);
  }

  /** Length and header, padded with spaces to a multiple of eight bytes. */
  ByteBuffer toBytes() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text, JsonEncoding.UTF8)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> e : metadata.entrySet()) {
          json.writeStringField(e.getKey(), e.getValue());
        }
        json.writeEndObject();
      }
      for (Entry e : entries) {
        json.writeObjectFieldStart(e.name);
        json.writeStringField("dtype", e.dtype.name());
        json.writeFieldName("shape");
        json.writeArray(e.shape, 0, e.shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {e.begin, e.end}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    while (text.size() % 8 != 0) {
      text.write(' ');
    }
    requireLength(text.size());
    long data = entries.stream().mapToLong(Entry::end).max().orElse(0);
    requireFew(entries.size() + metadata.size(), LENGTH_BYTES + text.size() + data);
    return ByteBuffer.allocate(LENGTH_BYTES + text.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.size())
        .put(text.toByteArray())
        .flip();
  }
}
