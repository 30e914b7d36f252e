package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PictureProgressTest {
  private final PrintStream terminal = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void print() {
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void terminal() {
    System.setErr(terminal);
  }

  @Test
  void manyPicturesHaveABar() {
    try (PictureProgress progress = new PictureProgress(4, true)) {
      assertEquals("a", progress.line("a"));
      progress.picture();
      progress.accept(0.5);
      assertEquals("\r\u001b[Ka", progress.line("a"));
    }
    String bar = printed.toString(StandardCharsets.UTF_8);
    assertTrue(bar.contains("pictures") && bar.contains("37%"), bar);
  }

  @Test
  void oneSmallPictureHasNone() {
    try (PictureProgress progress = new PictureProgress(1, true)) {
      progress.picture();
    }
    try (PictureProgress progress = new PictureProgress(3, false)) {
      progress.accept(0.5);
    }
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
  }
}
