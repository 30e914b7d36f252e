package org.tapegrad.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A second reader of the safetensors format, from its description alone and with nothing but the
 * JDK: it parses the one shape of JSON that a header can have.
 */
final class StrictParser {
  /** A file is not of the format. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why);
    }
  }

  /** A tensor: the name of its element type, its shape, and its bytes. */
  record Entry(String dtype, List<Long> shape, long begin, long end) {}

  private static final Map<String, Integer> BYTES =
      Map.of(
          "F64", 8, "F32", 4, "F16", 2, "BF16", 2, "I64", 8, "I32", 4, "I16", 2, "I8", 1, "U8", 1,
          "BOOL", 1);

  final Map<String, Entry> tensors = new LinkedHashMap<>();
  final Map<String, String> metadata = new LinkedHashMap<>();
  final ByteBuffer data;
  private final String text;
  private int at;

  StrictParser(byte[] file) throws Refused {
    require(file.length >= 8, "no length");
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long length = in.getLong();
    require(length >= 0 && length <= in.remaining(), "length of the header");
    ByteBuffer header = in.slice(8, (int) length);
    data = in.slice(8 + (int) length, file.length - 8 - (int) length);
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(header).toString();
    } catch (CharacterCodingException e) {
      throw new Refused("no UTF-8");
    }
    require(text.startsWith("{"), "no brace");
    boolean texts = false;
    for (String name = first('{'); name != null; name = next('}')) {
      if (name.equals("__metadata__")) {
        require(!texts, "metadata twice");
        texts = true;
        metadata();
      } else {
        require(tensors.put(name, entry()) == null, "a name twice");
      }
    }
    require(at == text.length(), "more behind the header");
    contiguous();
    int names = tensors.size() + metadata.size();
    require(512L * names <= (1 << 20) + file.length / 8, "too many"); // a limit of the library's
  }

  private static void require(boolean condition, String why) throws Refused {
    if (!condition) {
      throw new Refused(why);
    }
  }

  private void metadata() throws Refused {
    for (String key = first('{'); key != null; key = next('}')) {
      require(metadata.put(key, string()) == null, "a text twice");
    }
  }

  private Entry entry() throws Refused {
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    for (String key = first('{'); key != null; key = next('}')) {
      switch (key) {
        case "dtype" -> {
          require(dtype == null, "dtype twice");
          dtype = string();
          require(BYTES.containsKey(dtype), "dtype");
        }
        case "shape" -> {
          require(shape == null, "shape twice");
          shape = integers();
        }
        case "data_offsets" -> {
          require(offsets == null, "offsets twice");
          offsets = integers();
        }
        default -> throw new Refused("key");
      }
    }
    require(dtype != null && shape != null && offsets != null, "incomplete");
    require(offsets.size() == 2 && shape.size() <= 64, "sizes");
    long elements = shape.contains(0L) ? 0 : 1;
    for (long n : shape) {
      require(n <= Integer.MAX_VALUE, "large");
      elements *= n;
      require(elements <= Integer.MAX_VALUE, "large");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    require(begin <= end && end - begin == elements * BYTES.get(dtype), "bytes");
    return new Entry(dtype, shape, begin, end);
  }

  private void contiguous() throws Refused {
    List<Entry> sorted = new ArrayList<>(tensors.values());
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long expected = 0;
    for (Entry e : sorted) {
      require(e.begin == expected, "gap or overlap");
      expected = e.end;
    }
    require(expected == data.capacity(), "bytes left");
  }

  private char peek() throws Refused {
    require(at < text.length(), "ends early");
    return text.charAt(at);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void take(char c) throws Refused {
    require(peek() == c, "no " + c);
    at++;
    space();
  }

  /** The first key of an object, behind its brace, or null if it is empty. */
  private String first(char brace) throws Refused {
    take(brace);
    if (peek() == '}') {
      take('}');
      return null;
    }
    return key();
  }

  /** The key behind a comma, or null at the end. */
  private String next(char end) throws Refused {
    if (peek() == end) {
      take(end);
      return null;
    }
    take(',');
    return key();
  }

  private String key() throws Refused {
    String key = string();
    take(':');
    return key;
  }

  private List<Long> integers() throws Refused {
    List<Long> numbers = new ArrayList<>();
    take('[');
    while (peek() != ']') {
      if (!numbers.isEmpty()) {
        take(',');
      }
      int begin = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      String digits = text.substring(begin, at);
      require(digits.matches("0|[1-9][0-9]*"), "no number");
      require(digits.length() < 20, "large");
      try {
        numbers.add(Long.parseLong(digits));
      } catch (NumberFormatException e) {
        throw new Refused("large");
      }
      space();
      require(peek() == ',' || peek() == ']', "no comma");
    }
    take(']');
    return numbers;
  }

  private String string() throws Refused {
    require(peek() == '"', "no quote");
    at++;
    StringBuilder s = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      require(c >= ' ', "a control character");
      s.append(c == '\\' ? escaped() : c);
    }
    at++;
    space();
    require(StandardCharsets.UTF_8.newEncoder().canEncode(s), "half a character");
    return s.toString();
  }

  private char escaped() throws Refused {
    char c = peek();
    at++;
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    require(c == 'u' && at + 4 <= text.length(), "an escape");
    String hex = text.substring(at, at + 4);
    require(hex.matches("[0-9a-fA-F]{4}"), "an escape");
    at += 4;
    return (char) Integer.parseInt(hex, 16);
  }

  /** The bytes of a tensor. */
  ByteBuffer bytes(Entry e) {
    return data.slice((int) e.begin, (int) (e.end - e.begin)).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int[] shape(Entry e) {
    return Arrays.stream(e.shape.toArray(Long[]::new)).mapToInt(Long::intValue).toArray();
  }
}
