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
import org.tapegrad.array.DType;
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

  /** More entries would take many times the memory of the file. */
  private static final int MAX_ENTRIES = 100_000;

  /** Reads names and texts of any length that fits a header, since it writes them. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength((int) MAX_LENGTH)
                  .maxStringLength((int) MAX_LENGTH)
                  .build())
          .build();

  /** One tensor; begin and end are byte offsets behind the header. */
  record Entry(String name, DType dtype, int[] shape, long begin, long end) {}

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
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    readFully(channel, bytes, LENGTH_BYTES);
    SafetensorsHeader header = parse(decode(bytes.flip()), LENGTH_BYTES + length);
    header.check(fileSize - header.end);
    return header;
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

  private static String decode(ByteBuffer bytes) throws SafetensorsException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      if (!text.startsWith("{")) {
        throw new SafetensorsException("the header does not begin with {");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new SafetensorsException("the header is not UTF-8", e);
    }
  }

  private static SafetensorsHeader parse(String text, long end) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = text(json.currentName());
        if (name.equals(METADATA)) {
          metadata = strings(json);
        } else {
          entries.add(entry(json, name));
        }
        requireCount(entries.size(), "tensors");
      }
      if (json.nextToken() != null) {
        throw new SafetensorsException("something follows the header's closing brace");
      }
    } catch (JsonProcessingException e) {
      throw new SafetensorsException("the header is not valid JSON: " + e.getOriginalMessage(), e);
    }
    return new SafetensorsHeader(entries, metadata, end);
  }

  private static void requireCount(int count, String what) throws SafetensorsException {
    if (count > MAX_ENTRIES) {
      throw new SafetensorsException(what + ": more than " + MAX_ENTRIES + " entries are not read");
    }
  }

  private static Map<String, String> strings(JsonParser json) throws IOException {
    expect(json, JsonToken.START_OBJECT, METADATA);
    Map<String, String> strings = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = text(json.currentName());
      expect(json, JsonToken.VALUE_STRING, METADATA + " " + key);
      strings.put(key, text(json.getText()));
      requireCount(strings.size(), METADATA);
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
      throw new IllegalArgumentException("half a character in the text " + s);
    }
  }

  private static Entry entry(JsonParser json, String name) throws IOException {
    expect(json, JsonToken.START_OBJECT, name);
    DType dtype = null;
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

  private static DType dtype(JsonParser json, String name) throws IOException {
    expect(json, JsonToken.VALUE_STRING, name + " dtype");
    return switch (json.getText()) {
      case "F32" -> DType.FLOAT32;
      case "F64" -> DType.FLOAT64;
      default ->
          throw new SafetensorsException(
              name + ": element type " + json.getText() + " is not supported, only F32 and F64");
    };
  }

  private static int[] shape(JsonParser json, String name) throws IOException {
    long[] extents = integers(json, name + " shape");
    long size = Arrays.stream(extents).anyMatch(e -> e == 0) ? 0 : 1;
    for (long extent : extents) {
      if (extent > Integer.MAX_VALUE || (size *= extent) > Integer.MAX_VALUE) {
        throw new SafetensorsException(
            name + ": shape " + Arrays.toString(extents) + " has too many elements");
      }
    }
    return Arrays.stream(extents).mapToInt(e -> (int) e).toArray();
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

  private static long bytes(DType dtype, int[] shape) {
    return Arrays.stream(shape).asLongStream().reduce(dtype.bytes(), (a, b) -> a * b);
  }

  /** The header for arrays to be written: the wider elements first, so that all are aligned. */
  static SafetensorsHeader of(Map<String, NdArray> tensors, Map<String, String> metadata) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    tensors.keySet().forEach(name -> entries.put(name, null)); // keeps the order of the header
    long begin = 0;
    for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32)) {
      for (Map.Entry<String, NdArray> e : tensors.entrySet()) {
        int[] shape = e.getValue().shape();
        if (e.getValue().dtype() == dtype) {
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
        json.writeStringField("dtype", e.dtype == DType.FLOAT64 ? "F64" : "F32");
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
    return ByteBuffer.allocate(LENGTH_BYTES + text.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.size())
        .put(text.toByteArray())
        .flip();
  }
}
