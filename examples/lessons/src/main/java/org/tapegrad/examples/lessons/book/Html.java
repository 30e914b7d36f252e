package org.tapegrad.examples.lessons.book;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Text, Markdown and Java as HTML. */
final class Html {
  private static final Parser PARSER =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder().extensions(List.of(TablesExtension.create())).escapeHtml(true).build();

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>//[^\\n]*|/\\*.*?\\*/)"
              + "|(?<string>\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+')"
              + "|(?<number>\\b\\d[\\w.]*(?:(?<=[eE])[+-]\\d+)?)"
              + "|(?<keyword>\\b(?:abstract|boolean|break|byte|case|catch|char|class|continue"
              + "|default|do|double|else|enum|extends|final|finally|float|for|if|implements|import"
              + "|instanceof|int|interface|long|new|null|private|public|record|return|short|static"
              + "|super|switch|this|throw|throws|true|false|try|var|void|while)\\b)"
              + "|(?<type>\\b[A-Z]\\w*\\b)"
              + "|(?<annotation>@\\w+)",
          Pattern.DOTALL);
  private static final List<String> KINDS =
      List.of("comment", "string", "number", "keyword", "type", "annotation");

  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  static String ofMarkdown(String text) {
    return RENDERER.render(PARSER.parse(text));
  }

  /** Java with a span around every token that has a colour. */
  static String ofJava(String code) {
    StringBuilder html = new StringBuilder();
    Matcher token = TOKEN.matcher(code);
    int end = 0;
    while (token.find()) {
      html.append(escape(code.substring(end, token.start())));
      html.append("<span class=\"%s\">%s</span>".formatted(kind(token), escape(token.group())));
      end = token.end();
    }
    return html.append(escape(code.substring(end))).toString();
  }

  private static String kind(Matcher token) {
    return KINDS.stream().filter(kind -> token.group(kind) != null).findFirst().orElseThrow();
  }
}
