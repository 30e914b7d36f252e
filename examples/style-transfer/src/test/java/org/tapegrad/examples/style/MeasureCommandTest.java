package org.tapegrad.examples.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasureCommandTest {
  @TempDir Path folder;
  private Path photo;
  private Path painting;
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void pictures() {
    photo = picture("photo.png", 120, 110);
    painting = picture("painting.png", 130, 120);
  }

  private Path picture(String name, int width, int height) {
    Path file = folder.resolve(name);
    PictureFiles.write(TestPictures.waves(width, height), file);
    return file;
  }

  private int measure(Object... args) {
    return command.execute(args, "measure");
  }

  @Test
  void withoutFeaturesTheirCellsAreEmpty() {
    assertEquals(0, measure(photo, painting, photo), command.errors.toString());
    List<String> lines = command.printed.toString().lines().toList();
    assertEquals(5, lines.size());
    assertTrue(lines.get(2).startsWith("| painting.png |  |  |  |  |  | "), lines.get(2));
    assertTrue(lines.get(4).startsWith("| photo.png |  |  |  |  | 1.000 | "), lines.get(4));
    lines.forEach(line -> assertEquals(10, line.chars().filter(c -> c == '|').count(), line));
  }

  @Test
  void thePhotographItselfHasItsContent() {
    assertEquals(0, measure(photo, painting, photo, "--features", Features.squeezeNet()));
    String[] cells = command.printed.toString().lines().toList().get(4).split(" \\| ");
    assertTrue(Double.parseDouble(cells[3]) > 0.001, command.printed.toString());
    assertEquals("0.000", cells[4]);
  }

  @Test
  void resultsAreOfThePhotographsSize() {
    Path other = picture("other.png", 110, 120);
    assertEquals(Failure.FILE, measure(photo, painting, other));
    assertTrue(
        command.errors.toString().contains("other.png: is not of the photograph's size"),
        "" + command.errors);
    assertEquals(Failure.USAGE, measure(photo, painting));
  }
}
