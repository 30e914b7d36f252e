package org.tapegrad.explain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tapegrad.Explanation;
import org.tapegrad.Explanation.Contribution;
import org.tapegrad.Explanation.Line;
import org.tapegrad.Tensor;
import org.tapegrad.Why;
import org.tapegrad.array.NdArray;

/** An explanation as the JSON that explorer.js shows. */
final class TapeData {
  private final Explanation explanation;
  private final TapeExplorer.Options options;
  private final ArrayJson arrays;
  private final JsonGenerator json;

  /** The constants in the order in which lines use them. */
  private final Map<NdArray, Integer> constants = new IdentityHashMap<>();

  private final List<NdArray> inOrder = new ArrayList<>();

  private TapeData(Explanation explanation, TapeExplorer.Options options, JsonGenerator json) {
    this.explanation = explanation;
    this.options = options;
    this.json = json;
    this.arrays = new ArrayJson(json, options.maxElements());
  }

  /** The JSON, in which no character can end the element of the page that holds it. */
  static String json(Explanation explanation, TapeExplorer.Options options) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      new TapeData(explanation, options, json).write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString().replace("<", "\\u003c");
  }

  private void write() throws IOException {
    json.writeStartObject();
    json.writeStringField("title", options.title());
    json.writeNumberField("output", numberOf(explanation.output()));
    json.writeArrayFieldStart("lines");
    for (Line line : explanation.lines()) {
      writeLine(line);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("constants");
    for (NdArray constant : inOrder) {
      json.writeStartObject();
      json.writeStringField("type", constant.describe());
      arrays.write("value", constant);
      json.writeEndObject();
    }
    json.writeEndArray();
    writeRules();
    writeNorms();
    json.writeEndObject();
  }

  private int numberOf(Tensor t) {
    return explanation.line(t).orElseThrow().number();
  }

  private void writeLine(Line line) throws IOException {
    json.writeStartObject();
    json.writeStringField("text", line.text());
    json.writeStringField("op", line.op());
    json.writeArrayFieldStart("inputs");
    for (Tensor input : line.inputs()) {
      writeInput(input);
    }
    json.writeEndArray();
    if (line.arguments() instanceof Number number) {
      json.writeFieldName("number");
      arrays.write(number.doubleValue());
    }
    if (!line.scope().isEmpty()) {
      json.writeStringField("scope", line.scope());
    }
    if (line.location().isPresent()) {
      StackTraceElement at = line.location().get();
      json.writeStringField("place", at.getFileName() + ":" + at.getLineNumber());
    }
    arrays.write("value", line.output().value());
    Optional<NdArray> gradient = explanation.gradient(line.output());
    if (gradient.isPresent()) {
      arrays.write("gradient", gradient.get());
    }
    writeReceived(explanation.contributions(line.output()));
    Why why = explanation.why(line.output());
    json.writeObjectFieldStart("why");
    json.writeStringField("kind", why.getClass().getSimpleName());
    json.writeStringField("text", why.summary());
    if (why.line().isPresent()) {
      json.writeNumberField("line", why.line().getAsInt());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  /** A line's number, a constant, or null for an input that was not given. */
  private void writeInput(Tensor input) throws IOException {
    if (input == null) {
      json.writeNull();
    } else if (!input.isConstant()) {
      json.writeNumber(numberOf(input));
    } else {
      Integer known = constants.putIfAbsent(input.value(), inOrder.size());
      if (known == null) {
        inOrder.add(input.value());
      }
      json.writeStartObject();
      json.writeNumberField("constant", known == null ? inOrder.size() - 1 : known);
      json.writeEndObject();
    }
  }

  /** Each contribution, and what there was after it; a single one is the gradient itself. */
  private void writeReceived(List<Contribution> contributions) throws IOException {
    json.writeArrayFieldStart("received");
    NdArray sum = null;
    for (Contribution c : contributions) {
      json.writeStartObject();
      json.writeNumberField("from", c.from());
      json.writeNumberField("slot", c.slot());
      if (contributions.size() > 1) {
        arrays.write("gradient", c.gradient());
        boolean first = sum == null;
        sum = first ? c.gradient() : sum.plus(c.gradient());
        if (!first) {
          arrays.write("sum", sum);
        }
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The rules of the operations on this tape. */
  private void writeRules() throws IOException {
    Set<String> ops = new TreeSet<>();
    explanation.lines().stream()
        .filter(line -> !line.inputs().isEmpty())
        .forEach(line -> ops.add(line.op()));
    json.writeObjectFieldStart("rules");
    for (String op : ops) {
      Rule rule = Rule.ALL.get(op);
      if (rule != null) {
        json.writeObjectFieldStart(op);
        writeTexts("inputs", rule.inputs());
        writeTexts("gradients", rule.gradients());
        writeTexts("where", rule.where());
        json.writeBooleanField("broadcasts", rule.broadcasts());
        json.writeEndObject();
      }
    }
    json.writeEndObject();
  }

  private void writeTexts(String name, List<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private void writeNorms() throws IOException {
    json.writeObjectFieldStart("norms");
    for (Line line : explanation.lines()) {
      Optional<NdArray> g = explanation.gradient(line.output());
      if (line.op().startsWith("instanceNorm") && line.inputs().size() == 3 && g.isPresent()) {
        json.writeArrayFieldStart(String.valueOf(line.number()));
        for (NormPlane plane : NormPlane.of(line, g.get(), kernelGradient(line))) {
          plane.write(json, arrays, options.maxElements());
        }
        json.writeEndArray();
      }
    }
    json.writeEndObject();
  }

  /** What the line handed to its first input, null if that is a constant. */
  private NdArray kernelGradient(Line line) {
    Tensor x = Objects.requireNonNull(line.inputs().get(0));
    return x.isConstant()
        ? null
        : explanation.contributions(x).stream()
            .filter(c -> c.from() == line.number() && c.slot() == 0)
            .map(Contribution::gradient)
            .findFirst()
            .orElse(null);
  }
}
