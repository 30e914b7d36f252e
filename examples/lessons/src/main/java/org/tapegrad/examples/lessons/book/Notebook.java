package org.tapegrad.examples.lessons.book;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.tapegrad.explain.TapeExplorer;

/** A lesson as a notebook (nbformat 4.5): text and code as cells, with what the run put out. */
public final class Notebook {
  private final Run run;
  private final JsonGenerator json;
  private int cells;

  private Notebook(Run run, JsonGenerator json) {
    this.run = run;
    this.json = json;
  }

  /** The notebook, as JSON. */
  public static String of(Run run) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      new Notebook(run, json).write();
    }
    return text.toString();
  }

  private void write() throws IOException {
    Source source = run.source();
    json.writeStartObject();
    json.writeArrayFieldStart("cells");
    markdown(
        """
        # %d. %s

        %s

        This needs a Java kernel with Tapegrad on its class path (that of `class-path.txt`)."""
            .formatted(run.lesson().number(), source.title(), source.summary()));
    code(source.imports(), List.of());
    for (Piece piece : source.pieces()) {
      if (piece.isText()) {
        markdown(piece.content());
      } else {
        code(piece.content(), run.of(piece));
      }
    }
    json.writeEndArray();
    json.writeObjectFieldStart("metadata");
    json.writeObjectFieldStart("kernelspec");
    json.writeStringField("display_name", "Java");
    json.writeStringField("language", "java");
    json.writeStringField("name", "java");
    json.writeEndObject();
    json.writeObjectFieldStart("language_info");
    json.writeStringField("file_extension", ".jshell");
    json.writeStringField("mimetype", "text/x-java-source");
    json.writeStringField("name", "Java");
    json.writeEndObject();
    json.writeEndObject();
    json.writeNumberField("nbformat", 4);
    json.writeNumberField("nbformat_minor", 5);
    json.writeEndObject();
  }

  private void markdown(String text) throws IOException {
    startCell("markdown");
    lines("source", text);
    json.writeEndObject();
  }

  private void code(String code, List<Output> outputs) throws IOException {
    startCell("code");
    json.writeNullField("execution_count");
    json.writeArrayFieldStart("outputs");
    for (Output output : outputs) {
      json.writeStartObject();
      if (output.exhibit() == null) {
        json.writeStringField("name", "stdout");
        json.writeStringField("output_type", "stream");
        lines("text", output.text());
      } else {
        json.writeObjectFieldStart("data");
        lines("text/html", html(output.exhibit()));
        lines("text/plain", output.exhibit().text());
        json.writeEndObject();
        json.writeObjectFieldStart("metadata");
        json.writeEndObject();
        json.writeStringField("output_type", "display_data");
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    lines("source", code);
    json.writeEndObject();
  }

  private static String html(Exhibit exhibit) {
    return exhibit instanceof Exhibit.Walk walk
        ? TapeExplorer.html(walk.explanation())
        : ((Exhibit.Figure) exhibit).html();
  }

  private void startCell(String type) throws IOException {
    json.writeStartObject();
    json.writeStringField("cell_type", type);
    json.writeStringField("id", "cell-" + cells++);
    json.writeObjectFieldStart("metadata");
    json.writeEndObject();
  }

  /** A text as the format wants it: a list of lines with their ends. */
  private void lines(String field, String text) throws IOException {
    json.writeArrayFieldStart(field);
    for (String line : text.split("(?<=\\n)")) {
      json.writeString(line);
    }
    json.writeEndArray();
  }
}
