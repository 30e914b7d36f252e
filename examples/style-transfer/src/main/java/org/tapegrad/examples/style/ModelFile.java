package org.tapegrad.examples.style;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;
import org.tapegrad.io.SafetensorsException;
import org.tapegrad.nn.Module;

/** A trained network as a safetensors file. */
final class ModelFile {
  static final String ARCHITECTURE = "architecture";

  /** The names of the styles, one a line. */
  static final String STYLES = "styles";

  /** The name of a style that has none. */
  private static final String ONLY_STYLE = "painting";

  private static final String BUNDLED = "model.safetensors";

  private ModelFile() {}

  /** Writes a network with its model card: how it was made, in words. */
  static void write(TransformerNetwork network, Map<String, String> card, Path file) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ARCHITECTURE, TransformerNetwork.ARCHITECTURE);
    metadata.put(STYLES, String.join("\n", network.styles()));
    metadata.putAll(card);
    write(network.state(), metadata, file);
  }

  static void write(Map<String, NdArray> arrays, Map<String, String> metadata, Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      new Safetensors(arrays, metadata).write(file);
    } catch (IOException e) {
      throw Failure.writing(file, e);
    }
  }

  /** The network that comes with the program. */
  static TransformerNetwork bundled() {
    return ofBundled(ModelFile::read);
  }

  private static <T> T ofBundled(Function<Path, T> reader) {
    try (InputStream in = ModelFile.class.getResourceAsStream(BUNDLED)) {
      Path copy = Files.createTempFile("tapegrad", ".safetensors");
      try {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return reader.apply(copy);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw Failure.writing(Path.of(System.getProperty("java.io.tmpdir")), e);
    }
  }

  /**
   * The network of a model or of a checkpoint, or one that PyTorch's example has trained.
   *
   * @param file null for the bundled model
   */
  static Module readAny(Path file) {
    return file == null ? bundled() : network(readArrays(file), file);
  }

  private static Module network(Safetensors content, Path file) {
    if (!FastNeuralStyle.isOne(content.tensors())) {
      return ours(content, file);
    }
    FastNeuralStyle network = new FastNeuralStyle();
    load(network, FastNeuralStyle.used(content.tensors()), file);
    return network;
  }

  /** The names of the styles that a network paints in. */
  static List<String> styles(Module network) {
    return network instanceof TransformerNetwork known ? known.styles() : List.of(ONLY_STYLE);
  }

  /** The network of a model or of a checkpoint. */
  static TransformerNetwork read(Path file) {
    return ours(readArrays(file), file);
  }

  private static TransformerNetwork ours(Safetensors content, Path file) {
    String architecture = content.metadata().get(ARCHITECTURE);
    if (!TransformerNetwork.ARCHITECTURE.equals(architecture)) {
      throw foreign(file, "is " + (architecture == null ? "unknown" : "'" + architecture + "'"));
    }
    String styles = content.metadata().getOrDefault(STYLES, ONLY_STYLE);
    TransformerNetwork network = new TransformerNetwork(0, List.of(styles.split("\n")));
    load(
        network, Checkpoint.isOne(content) ? Checkpoint.network(content) : content.tensors(), file);
    return network;
  }

  /**
   * What a model says of itself, in the order of names.
   *
   * @param file null for the bundled model
   */
  static Map<String, String> card(Path file) {
    if (file == null) {
      return ofBundled(ModelFile::card);
    }
    Safetensors content = readArrays(file);
    int weights =
        network(content, file).parameters().stream().mapToInt(p -> p.value().size()).sum();
    Map<String, String> card = new TreeMap<>(content.metadata());
    card.putIfAbsent(ARCHITECTURE, "fast_neural_style of PyTorch's examples");
    card.put("weights", String.valueOf(weights));
    return card;
  }

  static void load(Module network, Map<String, NdArray> state, Path file) {
    requireFinite(state, file);
    try {
      network.load(state);
    } catch (IllegalArgumentException e) { // a name or a shape that does not fit
      throw foreign(file, "differs: " + e.getMessage());
    }
  }

  static void requireFinite(Map<String, NdArray> state, Path file) {
    state.forEach(
        (name, array) -> {
          if (!array.isFinite()) {
            throw new Failure(
                Failure.MODEL, "%s: %s holds values that are not numbers".formatted(file, name));
          }
        });
  }

  private static Failure foreign(Path file, String what) {
    return new Failure(
        Failure.MODEL,
        "%s: its architecture %s; this program's is '%s'"
            .formatted(file, what, TransformerNetwork.ARCHITECTURE));
  }

  static Safetensors readArrays(Path file) {
    if (!Files.exists(file)) {
      throw Failure.file(file, "no such file; train makes one");
    }
    try {
      return Safetensors.read(file);
    } catch (SafetensorsException e) {
      String what = e.getMessage().substring(file.toString().length()); // begins with the name
      throw new Failure(Failure.MODEL, file + ": not a model" + what, e);
    } catch (IOException e) {
      throw Failure.reading(file, e);
    }
  }
}
