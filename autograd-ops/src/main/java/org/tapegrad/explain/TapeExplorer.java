package org.tapegrad.explain;

import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.tapegrad.Explanation;
import org.tapegrad.array.Shapes;

/**
 * A tape as a page to step through: values forwards, then gradients backwards, with what arrived at
 * each line and from whom, the rule, and the reason of a gradient that is zero or missing. The page
 * is one file that needs nothing else: no server, no network, no library.
 */
public final class TapeExplorer {
  private TapeExplorer() {}

  /**
   * What a page shows.
   *
   * @param title its heading
   * @param maxElements an array with more elements is summarised: its range, mean, norm and zeros,
   *     and a small picture if it is an image
   */
  public record Options(String title, int maxElements) {
    /**
     * @throws IllegalArgumentException if the number of elements is negative
     */
    public Options {
      Shapes.given("TapeExplorer", "a title", title);
      if (maxElements < 0) {
        throw new IllegalArgumentException(
            "TapeExplorer: maxElements must be at least 0, was " + maxElements);
      }
    }

    /** A tape of arrays that are summarised above 64 elements. */
    public static final Options DEFAULT = new Options("Tape", 64);

    /** These options with another title. */
    public Options withTitle(String title) {
      return new Options(title, maxElements);
    }

    /** These options with another size from which on arrays are summarised. */
    public Options withMaxElements(int maxElements) {
      return new Options(title, maxElements);
    }
  }

  /** Writes the page to a file. */
  public static void write(Explanation explanation, Path file) throws IOException {
    write(explanation, file, Options.DEFAULT);
  }

  /** Writes the page to a file. */
  public static void write(Explanation explanation, Path file, Options options) throws IOException {
    Shapes.given("TapeExplorer", "a file", file);
    // What is no character of Unicode becomes a question mark.
    Files.write(file, page(explanation, options).getBytes(StandardCharsets.UTF_8));
  }

  /** The page as an element for a notebook: a frame that holds all of it. */
  public static String html(Explanation explanation) {
    return html(explanation, Options.DEFAULT);
  }

  /** The page as an element for a notebook: a frame that holds all of it. */
  public static String html(Explanation explanation, Options options) {
    String page = page(explanation, options).replace("&", "&amp;").replace("\"", "&quot;");
    return "<iframe title=\"tape\" sandbox=\"allow-scripts\" style=\"width:100%;height:720px;border:0\" srcdoc=\""
        + page
        + "\"></iframe>";
  }

  /**
   * Writes the page to a temporary file and opens it in the browser; without a screen it only
   * prints where the file is.
   *
   * @return the file
   */
  public static Path open(Explanation explanation) {
    try {
      Path file = Files.createTempFile("tape", ".html");
      write(explanation, file);
      if (GraphicsEnvironment.isHeadless()
          || !Desktop.isDesktopSupported()
          || !Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
        System.out.println(file);
      } else {
        Desktop.getDesktop().browse(file.toUri());
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parts of the page's script, which share their names and run in this order. */
  private static final List<String> SCRIPT =
      List.of("tape", "rows", "list", "graph", "arrays", "details", "norm", "page");

  private static String page(Explanation explanation, Options options) {
    Shapes.given("TapeExplorer", "an explanation", explanation);
    Shapes.given("TapeExplorer", "options", options);
    return resource("page.html")
        .replace("{{page.css}}", lean(resource("page.css")))
        .replace("{{script}}", packed(script()))
        .replace(
            "{{data}}", TapeData.json(explanation, options)); // last: nothing in it is replaced
  }

  static String script() {
    return SCRIPT.stream().map(part -> lean(resource(part + ".js"))).collect(Collectors.joining());
  }

  /** Compressed, as base64: a third of its size; the page unpacks it. */
  private static String packed(String script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(script.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** Without indentation and lines of comment. */
  private static String lean(String source) {
    return source
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("// ") && !line.startsWith("/** "))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String resource(String name) {
    try (InputStream in = TapeExplorer.class.getResourceAsStream("page/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
