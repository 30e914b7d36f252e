package org.tapegrad.explain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How an operation hands its gradient on, as MathML with {@code {0}}, {@code {1}}, … for its
 * inputs, {@code {y}} for its output and {@code {g}} for the gradient that arrived.
 *
 * @param inputs the names of the inputs; the last one may end in … and stand for any number
 * @param gradients one formula per input
 * @param where what the symbols in them mean
 * @param broadcasts whether a gradient is summed over axes that broadcasting stretched
 */
record Rule(List<String> inputs, List<String> gradients, List<String> where, boolean broadcasts) {

  /** The rules of all operations, by name, as rules.txt has them. */
  static final Map<String, Rule> ALL = read();

  private static Map<String, Rule> read() {
    Map<String, Rule> rules = new HashMap<>();
    List<Rule> current = new ArrayList<>();
    try (BufferedReader file =
        new BufferedReader(
            new InputStreamReader(
                Rule.class.getResourceAsStream("rules.txt"), StandardCharsets.UTF_8))) {
      for (String line : file.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
        if (line.startsWith(" ")) {
          current.forEach(rule -> rule.add(line.strip()));
          continue;
        }
        current.clear();
        for (String call : line.replace(" broadcasts", "").split("(?<=\\)), ")) {
          Rule rule =
              new Rule(inputs(call), new ArrayList<>(), new ArrayList<>(), line.endsWith("s"));
          rules.put(call.substring(0, call.indexOf('(')), rule);
          current.add(rule);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rules;
  }

  private static List<String> inputs(String call) {
    return List.of(call.substring(call.indexOf('(') + 1, call.length() - 1).split(", "));
  }

  /** Takes in a line below the call: the gradient of the next input, or a remark. */
  private void add(String line) {
    if (line.startsWith("where ")) {
      where.add(Formula.toMathMl(line.substring(6), symbols()));
      return;
    }
    String name = inputs.get(gradients.size());
    if (!line.startsWith(name)) {
      throw new IllegalArgumentException("the rule of " + name + " is expected, not " + line);
    }
    gradients.add(Formula.toMathMl(line.substring(line.indexOf(" = ") + 3), symbols()));
  }

  private Map<String, String> symbols() {
    Map<String, String> symbols = new HashMap<>(Map.of("y", "{y}", "g", "{g}"));
    for (String input : inputs) {
      symbols.put(input, "{" + inputs.indexOf(input) + "}");
    }
    return symbols;
  }
}
