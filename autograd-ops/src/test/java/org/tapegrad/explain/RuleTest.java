package org.tapegrad.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.tapegrad.Tape;
import org.tapegrad.Tensor;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.optable.OpCase;
import org.tapegrad.optable.OpTable;
import org.xml.sax.InputSource;

/** Every operation that a tape can show has a rule, and every rule is MathML. */
class RuleTest {
  private static final Pattern LINE = Pattern.compile("v\\d+ = (\\w+)\\((.*)\\) : .*");

  /** All rows of the table, recorded with their gradients and the gradients of those. */
  @Test
  void everyOperationOfTheTableHasARule() {
    Set<String> missing = new TreeSet<>();
    for (OpCase row : OpTable.rows()) {
      Tape tape = new Tape();
      List<Tensor> inputs = row.draw(DType.FLOAT64, 3).stream().map(tape::variable).toList();
      Tensor y = row.call().apply(inputs);
      Tensor seed = tape.variable(NdArray.ones(DType.FLOAT64, y.shape()));
      tape.differentiableVjp(List.of(y), List.of(seed), inputs);
      tape.toString().lines().forEach(line -> checkRule(line, missing));
    }
    assertEquals(Set.of(), missing);
  }

  private static void checkRule(String line, Set<String> missing) {
    Matcher m = LINE.matcher(line);
    if (!m.matches()) {
      return; // a leaf
    }
    Rule rule = Rule.ALL.get(m.group(1));
    if (rule == null) {
      missing.add(m.group(1));
      return;
    }
    long inputs = Pattern.compile("v\\d+|float64\\[").matcher(m.group(2)).results().count();
    boolean any = rule.inputs().get(0).endsWith("…") || m.group(1).equals("where");
    assertTrue(any || rule.inputs().size() >= inputs, line);
  }

  @Test
  void everyRuleIsMathMlWithAFormulaForEveryInput() throws Exception {
    for (Map.Entry<String, Rule> named : Rule.ALL.entrySet()) {
      Rule rule = named.getValue();
      assertTrue(
          rule.gradients().size() == rule.inputs().size()
              || rule.inputs().size() == rule.gradients().size() + 1, // leakyRelu(x, a)
          named.getKey());
      for (String formula : rule.gradients()) {
        parse(formula);
      }
      for (String remark : rule.where()) {
        parse(remark);
      }
    }
  }

  private static void parse(String mathMl) throws Exception {
    String xml = "<math>" + mathMl.replace("&nbsp;", " ") + "</math>";
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  @Test
  void theNotation() {
    Map<String, String> g = Map.of("g", "G");
    assertEquals(
        "<mrow><mfrac>G<mrow><mn>2</mn><mspace width='.2em'/><mi>y</mi></mrow></mfrac></mrow>",
        Formula.toMathMl("g/(2 y)", g));
    assertEquals(
        "<mrow><msup><mi>e</mi><mrow><mo>−</mo><msup><mi>x</mi><mn>2</mn></msup></mrow></msup></mrow>",
        Formula.toMathMl("e^(−x²)", g));
    assertEquals(
        "<mrow><mfrac><mrow>G<mspace width='.2em'/><mi>y</mi></mrow><msqrt><mi>π</mi></msqrt></mfrac></mrow>",
        Formula.toMathMl("(g y)/√π", g));
    assertThrows(IllegalArgumentException.class, () -> Formula.toMathMl("(g", g));
    assertThrows(IllegalArgumentException.class, () -> Formula.toMathMl("g)", g));
  }
}
