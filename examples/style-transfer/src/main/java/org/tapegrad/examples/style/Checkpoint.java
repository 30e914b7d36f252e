package org.tapegrad.examples.style;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tapegrad.array.NdArray;
import org.tapegrad.io.Safetensors;

/**
 * What a training needs to go on later as if it had never stopped: the weights, what the optimiser
 * keeps, the losses so far and the settings, in one file beside the model.
 */
final class Checkpoint {
  private static final String NETWORK = "network.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String HISTORY = "history";

  private static final String OTHER_KERNELS =
      "; --other-kernels goes on, but not bit for bit like a training that never stopped";

  private final Path file;

  Checkpoint(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  void write(Training training) {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    training.network().state().forEach((name, array) -> arrays.put(NETWORK + name, array));
    training.optimizer().state().forEach((name, array) -> arrays.put(OPTIMIZER + name, array));
    arrays.put(HISTORY, training.history().toArray());
    ModelFile.write(arrays, training.identity(), file);
  }

  /**
   * Puts a training that has just begun to where the file's training stopped.
   *
   * @param otherKernels whether the file's training may have had other kernels than this one
   */
  void restore(Training training, boolean otherKernels) {
    Safetensors content = ModelFile.readArrays(file);
    requireSame(training.identity(), content.metadata(), otherKernels);
    ModelFile.requireFinite(content.tensors(), file);
    NdArray history = content.tensors().get(HISTORY);
    if (history == null || history.rank() != 2 || history.size(1) != 3) {
      throw new Failure(Failure.MODEL, file + ": not a checkpoint: no history of losses");
    }
    ModelFile.load(training.network(), network(content), file);
    try {
      training.optimizer().load(part(content, OPTIMIZER));
    } catch (IllegalArgumentException e) { // a name or a shape that does not fit
      throw new Failure(Failure.MODEL, file + ": not a checkpoint: " + e.getMessage(), e);
    }
    training.history().restore(history);
  }

  static boolean isOne(Safetensors content) {
    return content.tensors().containsKey(HISTORY);
  }

  /** The weights in a checkpoint. */
  static Map<String, NdArray> network(Safetensors content) {
    return part(content, NETWORK);
  }

  private static Map<String, NdArray> part(Safetensors content, String prefix) {
    Map<String, NdArray> part = new LinkedHashMap<>();
    content
        .tensors()
        .forEach(
            (name, array) -> {
              if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), array);
              }
            });
    return part;
  }

  private void requireSame(
      Map<String, String> now, Map<String, String> then, boolean otherKernels) {
    now.forEach(
        (name, value) -> {
          String was = then.get(name);
          if (was == null) {
            throw new Failure(
                Failure.MODEL, file + ": not a checkpoint: it does not tell its " + name);
          }
          boolean kernels = name.equals(Training.KERNELS);
          if (!value.equals(was) && !(kernels && otherKernels)) {
            throw Failure.usage(
                "cannot resume: %s of the earlier run was %s, now it is %s%s"
                    .formatted(name, was, value, kernels ? OTHER_KERNELS : ""));
          }
        });
  }
}
