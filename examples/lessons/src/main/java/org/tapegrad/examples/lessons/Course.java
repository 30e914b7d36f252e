package org.tapegrad.examples.lessons;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tapegrad.examples.lessons.book.Lesson;
import org.tapegrad.examples.lessons.book.Program;

/** The twelve lessons in the order in which they are meant to be read. */
final class Course {
  private static final List<Lesson> LESSONS = new ArrayList<>();

  static {
    add("tape", Lesson01Tape.class, Lesson01Tape::main);
    add("sixty", Lesson02SixtyLines.class, Lesson02SixtyLines::main);
    add("plus", Lesson03WhyPlus.class, Lesson03WhyPlus::main);
    add("where", Lesson04WhereDidItGo.class, Lesson04WhereDidItGo::main);
    add("zero", Lesson05Zero.class, Lesson05Zero::main);
    add("nan", Lesson06FirstNaN.class, Lesson06FirstNaN::main);
    add("norm", Lesson07InstanceNorm.class, Lesson07InstanceNorm::main);
    add("differences", Lesson08Differences.class, Lesson08Differences::main);
    add("vacuous", Lesson09Vacuous.class, Lesson09Vacuous::main);
    add("twice", Lesson10BackwardTwice.class, Lesson10BackwardTwice::main);
    add("memory", Lesson11Memory.class, Lesson11Memory::main);
    add("paint", Lesson12Paint.class, Lesson12Paint::main);
  }

  private Course() {}

  private static void add(String name, Class<?> type, Program program) {
    LESSONS.add(new Lesson(LESSONS.size() + 1, name, type, program));
  }

  static List<Lesson> lessons() {
    return List.copyOf(LESSONS);
  }

  /** A lesson by its name or its number. */
  static Optional<Lesson> find(String name) {
    return LESSONS.stream()
        .filter(l -> l.name().equals(name) || String.valueOf(l.number()).equals(name))
        .findFirst();
  }
}
