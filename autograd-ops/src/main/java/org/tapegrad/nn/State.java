package org.tapegrad.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.ShapeException;
import org.tapegrad.array.Shapes;
import org.tapegrad.io.Safetensors;

/** Named arrays that are kept in files: the weights of a network, what an optimiser remembers. */
public final class State {
  private State() {}

  /**
   * Overwrites the arrays of a state with those of the same names, converted to their element
   * types; names and shapes must be exactly the same, else nothing is changed.
   *
   * @throws IllegalArgumentException if names are missing or unknown, which it names on one line
   * @throws ShapeException if shapes differ, of which it tells on one line
   */
  public static void assign(Map<String, NdArray> state, Map<String, NdArray> values) {
    requireNoNull(Shapes.given("load", "a state", state));
    requireNoNull(Shapes.given("load", "a state", values));
    requireSameNames(state.keySet(), values.keySet());
    List<String> misshaped = new ArrayList<>();
    state.forEach(
        (name, array) -> {
          int[] shape = values.get(name).shape();
          if (!array.hasShape(shape)) {
            misshaped.add(
                "%s must have shape %s, was %s"
                    .formatted(name, Arrays.toString(array.shape()), Arrays.toString(shape)));
          }
        });
    if (!misshaped.isEmpty()) {
      throw new ShapeException(Safetensors.printable("load: " + String.join("; ", misshaped)));
    }
    state.forEach((name, array) -> array.assign(values.get(name)));
  }

  private static void requireNoNull(Map<String, NdArray> state) {
    state.forEach((name, array) -> Shapes.given("load", name, name == null ? null : array));
  }

  private static void requireSameNames(Set<String> expected, Set<String> given) {
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(given);
    Set<String> unexpected = new TreeSet<>(given);
    unexpected.removeAll(expected);
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      throw new IllegalArgumentException(
          Safetensors.printable(
              "load: the state does not fit; missing %s, unexpected %s"
                  .formatted(missing, unexpected)));
    }
  }
}
