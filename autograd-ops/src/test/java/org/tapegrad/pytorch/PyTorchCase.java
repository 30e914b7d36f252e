package org.tapegrad.pytorch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;

/** One case of pytorch-values.safetensors, as src/test/pytorch/README.md describes them. */
record PyTorchCase(String name, Map<String, Object> description, Map<String, NdArray> tensors) {

  static List<PyTorchCase> all() throws IOException {
    Safetensors file = read();
    List<PyTorchCase> cases = new ArrayList<>();
    for (Map.Entry<String, String> e : file.metadata().entrySet()) {
      if (!e.getKey().equals("pytorch")) {
        cases.add(new PyTorchCase(e.getKey(), json(e.getValue()), file.tensors()));
      }
    }
    return cases;
  }

  private static Safetensors read() throws IOException {
    Path copy = Files.createTempFile("pytorch-values", ".safetensors");
    try (InputStream in = PyTorchCase.class.getResourceAsStream("/pytorch-values.safetensors")) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return Safetensors.read(copy);
    } finally {
      Files.delete(copy);
    }
  }

  private static Map<String, Object> json(String text) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return object(parser);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      object.put(key, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  String kind() {
    return (String) description.get("kind");
  }

  String op() {
    return (String) description.get("op");
  }

  DType dtype() {
    return description.get("dtype").equals("float32") ? DType.FLOAT32 : DType.FLOAT64;
  }

  /** The names of the inputs that the case has. */
  List<String> inputs() {
    return ((List<?>) description.get("inputs")).stream().map(String.class::cast).toList();
  }

  boolean has(String role) {
    return tensors.containsKey(name + "/" + role);
  }

  NdArray tensor(String role) {
    NdArray tensor = tensors.get(name + "/" + role);
    if (tensor == null) {
      throw new IllegalArgumentException(name + " has no " + role);
    }
    return tensor;
  }

  private Object arg(String key) {
    return ((Map<?, ?>) description.get("args")).get(key);
  }

  boolean hasArg(String key) {
    return arg(key) != null;
  }

  double number(String key) {
    return (Double) arg(key);
  }

  int integer(String key) {
    return (int) number(key);
  }

  boolean flag(String key) {
    return arg(key) != null && (Boolean) arg(key);
  }

  String text(String key) {
    return (String) arg(key);
  }

  int[] integers(String key) {
    return ((List<?>) arg(key)).stream().mapToInt(v -> ((Double) v).intValue()).toArray();
  }

  double[] numbers(String key) {
    return ((List<?>) arg(key)).stream().mapToDouble(Double.class::cast).toArray();
  }

  @Override
  public String toString() {
    return name;
  }
}
