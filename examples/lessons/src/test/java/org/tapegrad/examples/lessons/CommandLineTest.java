package org.tapegrad.examples.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.examples.lessons.book.Blackboard;
import org.tapegrad.examples.lessons.book.Lesson;
import org.tapegrad.examples.lessons.book.Run;
import picocli.CommandLine;

/** What the command line says, writes and returns. */
class CommandLineTest {
  @TempDir Path folder;
  private final StringWriter errors = new StringWriter();

  private int run(String... args) {
    CommandLine line = Lessons.commandLine();
    line.setErr(new PrintWriter(errors, true));
    return line.execute(args);
  }

  @Test
  void oneLessonIsWrittenAndOnlyWhatIsThereIsLinked() throws Exception {
    assertEquals(0, run("2", "plus", "--out", folder.toString()));
    assertTrue(Files.exists(folder.resolve("lesson2.html")));
    assertTrue(Files.exists(folder.resolve("lesson3-tape1.html")));
    assertFalse(Files.exists(folder.resolve("lesson4.html")));
    String index = Files.readString(folder.resolve("index.html"));
    assertTrue(index.contains("href=\"lesson3.html\""));
    assertFalse(index.contains("href=\"lesson4.html\""));
    assertFalse(Files.readString(folder.resolve("lesson3.html")).contains("lesson4.html"));
  }

  @Test
  void anUnknownLessonIsRefusedWithThoseThereAre() {
    assertEquals(2, run("tapes", "--out", folder.toString()));
    assertTrue(errors.toString().startsWith("error: there is no lesson 'tapes', but tape, sixty,"));
    assertEquals(2, run("--opne"));
  }

  @Test
  void aBookThatCannotBeWrittenIsSaid() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(3, run("tape", "--out", file.toString()));
    assertTrue(errors.toString().contains("file cannot be written"), errors.toString());
  }

  @Test
  void aClaimThatDoesNotHoldEndsItsLesson() {
    Lesson tape = Course.lessons().get(0);
    Lesson broken = new Lesson(1, "broken", tape.type(), args -> Blackboard.check("no", 1 > 2));
    PrintStream before = System.out;
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> Run.of(broken, System.out));
    assertEquals("does not hold: no", e.getMessage());
    assertEquals(before, System.out);
    assertEquals(1, Lessons.failed(e, Lessons.commandLine()));
  }
}
