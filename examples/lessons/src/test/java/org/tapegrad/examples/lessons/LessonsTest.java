package org.tapegrad.examples.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every lesson ends in checks; here they are run. */
class LessonsTest {

  @TestFactory
  Stream<DynamicTest> lessonsHold() {
    return Lessons.all().entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> e.getValue().run()));
  }

  @Test
  void noneIsMissing() {
    assertEquals(Set.of("tape", "vacuous", "third"), Lessons.all().keySet());
  }
}
