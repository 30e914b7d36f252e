package org.tapegrad.explain;

import java.util.Map;
import java.util.function.IntPredicate;

/**
 * A formula as one types it, turned into MathML: {@code g/(2 y)} is a fraction, {@code e^(−x²)} a
 * power, {@code x_i} an index, {@code √π} a root, {@code x̂} a hat, {@code "words"} are text. A
 * bracket that only holds a numerator, a denominator, a power or a root together is not shown.
 */
final class Formula {
  private static final String HAT = "\u0302";

  private final String text;
  private final Map<String, String> symbols;
  private int at;

  private Formula(String text, Map<String, String> symbols) {
    this.text = text;
    this.symbols = symbols;
  }

  /**
   * The formula as the inside of a {@code math} element.
   *
   * @param symbols names with a MathML of their own
   */
  static String toMathMl(String formula, Map<String, String> symbols) {
    Formula parser = new Formula(formula.strip(), symbols);
    String row = parser.row();
    if (parser.at < parser.text.length()) {
      throw new IllegalArgumentException("a bracket too many in the formula " + formula);
    }
    return row;
  }

  /** What stands in a line, up to the end or a closing bracket. */
  private String row() {
    StringBuilder row = new StringBuilder();
    boolean product = false;
    while (more() && ")]".indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == ' ') {
        at++;
        continue;
      }
      boolean factor = "+−=<>≤≥×∗⋆±,|".indexOf(text.charAt(at)) < 0;
      boolean apart = text.charAt(Math.max(0, at - 1)) == ' ';
      row.append(product && factor && apart ? "<mspace width='.2em'/>" : "").append(term());
      product = factor;
    }
    return "<mrow>" + row + "</mrow>";
  }

  /** An atom with its index, power and denominator. */
  private String term() {
    boolean bracketed = text.charAt(at) == '(';
    int start = at;
    String base = atom();
    while (more() && "_^/²".indexOf(text.charAt(at)) >= 0) {
      char mark = text.charAt(at++);
      base =
          switch (mark) {
            case '_' -> "<msub>" + base + unbracketed() + "</msub>";
            case '^' -> "<msup>" + base + unbracketed() + "</msup>";
            case '²' -> "<msup>" + base + "<mn>2</mn></msup>";
            default -> "<mfrac>" + (bracketed ? inside(start) : base) + denominator() + "</mfrac>";
          };
    }
    return base;
  }

  /** All of a denominator: an atom with its index and power, without its brackets. */
  private String denominator() {
    return text.charAt(at) == '(' ? unbracketed() : term();
  }

  private String inside(int start) {
    int end = at;
    at = start;
    String row = unbracketed();
    at = end;
    return row;
  }

  private String unbracketed() {
    if (text.charAt(at) != '(') {
      return atom();
    }
    at++;
    String row = row();
    close(')');
    return row;
  }

  private String atom() {
    char c = text.charAt(at);
    if (Character.isLetter(c)) {
      return identifier();
    } else if (Character.isDigit(c) || c == '½') {
      return "<mn>" + take(d -> Character.isDigit(d) || d == '½') + "</mn>";
    }
    at++;
    return switch (c) {
      case '(' -> fenced("(", ')');
      case '[' -> fenced("[", ']');
      case '√' -> "<msqrt>" + unbracketed() + "</msqrt>";
      case 'Σ' -> "<mo>∑</mo>";
      case '"' -> {
        String words = take(d -> d != '"');
        at++;
        yield "<mtext>&nbsp;" + words + "&nbsp;</mtext>";
      }
      case '|' -> "<mo stretchy='false' lspace='0' rspace='0'>|</mo>";
      case '<' -> "<mo>&lt;</mo>";
      case '>' -> "<mo>&gt;</mo>";
      default -> "<mo>" + c + "</mo>";
    };
  }

  private String fenced(String open, char close) {
    String row = row();
    close(close);
    String stretchy = row.contains("mfrac") ? "" : " stretchy='false'";
    return "<mrow><mo"
        + stretchy
        + ">"
        + open
        + "</mo>"
        + row
        + "<mo"
        + stretchy
        + ">"
        + close
        + "</mo></mrow>";
  }

  private void close(char bracket) {
    if (!more() || text.charAt(at++) != bracket) {
      throw new IllegalArgumentException("a bracket is not closed in the formula " + text);
    }
  }

  private String identifier() {
    String name = take(c -> Character.isLetterOrDigit(c) && c != '²' || c == '…');
    if (text.startsWith(HAT, at)) {
      at++;
      return "<mover accent='true'><mi>" + name + "</mi><mo stretchy='false'>^</mo></mover>";
    }
    return symbols.getOrDefault(name, "<mi>" + name + "</mi>");
  }

  private String take(IntPredicate wanted) {
    int start = at;
    while (more() && wanted.test(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean more() {
    return at < text.length();
  }
}
