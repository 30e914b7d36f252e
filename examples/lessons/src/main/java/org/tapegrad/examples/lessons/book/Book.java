package org.tapegrad.examples.lessons.book;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tapegrad.explain.TapeExplorer;

/** A folder of pages: one for each lesson that was run, the tapes they show, and a first page. */
public final class Book {
  /** The name of the first page. */
  public static final String FIRST_PAGE = "index.html";

  private final Path folder;
  private final List<Lesson> course;
  private final List<Lesson> chosen;

  /**
   * A book in a folder, which is created: the first page, which leads to the chosen lessons and to
   * those whose pages are there from before.
   *
   * @throws IOException if the folder cannot be written to
   */
  public Book(Path folder, List<Lesson> course, List<Lesson> chosen) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.course = List.copyOf(course);
    this.chosen = List.copyOf(chosen);
    write("class-path.txt", System.getProperty("java.class.path") + "\n");
    StringBuilder list = new StringBuilder();
    for (Lesson lesson : course) {
      list.append(
          "<li>%s<br>%s</li>\n"
              .formatted(link(lesson, "item", "%s"), Html.escape(lesson.source().summary())));
      write(lesson.file() + ".jsh", Script.of(lesson));
    }
    write(
        FIRST_PAGE,
        Page.of(
            "Automatic differentiation, computed",
            """
            <h1>Automatic differentiation, computed</h1>
            <p>Twelve lessons, each of which is a program. Every number, tape and plot in this book is
            what the programs computed when it was written, and every claim is a check that would
            have stopped them.</p>
            <ol class="contents">
            %s</ol>
            """
                .formatted(list)));
  }

  /**
   * Writes the page of a lesson, its tapes and its notebook.
   *
   * @return the page
   */
  public Path write(Run run) throws IOException {
    Lesson lesson = run.lesson();
    Source source = run.source();
    StringBuilder body = new StringBuilder();
    body.append(
        "<p class=\"place\">Lesson %d of %d</p>\n".formatted(lesson.number(), course.size()));
    body.append("<h1>%s</h1>\n".formatted(Html.escape(source.title())));
    body.append("<p class=\"summary\">%s</p>\n".formatted(Html.escape(source.summary())));
    body.append(
        "<details><summary>imports</summary><pre class=\"code\"><code>%s</code></pre></details>\n"
            .formatted(Html.ofJava(source.imports())));
    int tapes = 0;
    for (Piece piece : source.pieces()) {
      if (piece.isText()) {
        body.append(Html.ofMarkdown(piece.content()));
        continue;
      }
      body.append(
          "<pre class=\"code\" tabindex=\"0\"><code>%s</code></pre>\n"
              .formatted(Html.ofJava(piece.content())));
      for (Output output : run.of(piece)) {
        if (output.exhibit() instanceof Exhibit.Walk walk) {
          body.append(framed(walk, "%s-tape%d.html".formatted(lesson.file(), ++tapes)));
        } else if (output.exhibit() instanceof Exhibit.Figure figure) {
          body.append(
              "<figure>%s<figcaption>%s</figcaption></figure>\n"
                  .formatted(figure.html(), Html.escape(figure.caption())));
        } else {
          body.append(printed(output.text()));
        }
      }
    }
    body.append(
        """
        <p class="files">This lesson as a <a href="%1$s.jsh">script for JShell</a>, as a
        <a href="%1$s.ipynb">notebook</a> and as its <a href="%1$s.java">Java source</a>.</p>
        """
            .formatted(lesson.file()));
    String navigation = navigation(lesson);
    write(lesson.file() + ".ipynb", Notebook.of(run));
    write(lesson.file() + ".java", String.join("\n", source.lines()) + "\n");
    return write(
        lesson.file() + ".html",
        Page.of(
            lesson.number() + ". " + source.title(),
            navigation + "<main>\n" + body + "</main>\n" + navigation));
  }

  /** Lines of text, those of checks marked. */
  private static String printed(String text) {
    String html = Html.escape(text.stripTrailing());
    return "<pre class=\"output\" tabindex=\"0\"><samp>%s</samp></pre>\n"
        .formatted(html.replaceAll("(?m)^checked: (.*)$", "<span class=\"check\">$1</span>"));
  }

  private String framed(Exhibit.Walk walk, String file) throws IOException {
    TapeExplorer.write(
        walk.explanation(),
        folder.resolve(file),
        TapeExplorer.Options.DEFAULT.withTitle(walk.caption()));
    String caption = Html.escape(walk.caption());
    return """
    <figure class="explorer"><iframe src="%1$s" title="%2$s" loading="lazy"></iframe>
    <figcaption>%2$s (<a href="%1$s">on a page of its own</a>)</figcaption></figure>
    """
        .formatted(file, caption);
  }

  private String navigation(Lesson lesson) {
    int i = course.indexOf(lesson);
    return """
    <nav>%s<a href="%s">all lessons</a>%s</nav>
    """
        .formatted(
            i == 0 ? "<span></span>" : link(course.get(i - 1), "prev", "← %s"),
            FIRST_PAGE,
            i == course.size() - 1 ? "<span></span>" : link(course.get(i + 1), "next", "%s →"));
  }

  /** The title of a lesson, as a link if its page is there or will be. */
  private String link(Lesson lesson, String rel, String text) {
    String title = text.formatted(Html.escape(lesson.source().title()));
    String page = lesson.file() + ".html";
    return chosen.contains(lesson) || Files.exists(folder.resolve(page))
        ? "<a rel=\"%s\" href=\"%s\">%s</a>".formatted(rel, page, title)
        : "<span>%s</span>".formatted(title);
  }

  private Path write(String file, String content) throws IOException {
    return Files.writeString(folder.resolve(file), content);
  }
}
