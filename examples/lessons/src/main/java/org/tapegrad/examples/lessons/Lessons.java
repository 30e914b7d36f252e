package org.tapegrad.examples.lessons;

import java.util.LinkedHashMap;
import java.util.Map;

/** Runs the lessons named on the command line, or all of them. */
public final class Lessons {
  private Lessons() {}

  /** The lessons in the order in which they are meant to be read. */
  static Map<String, Runnable> all() {
    Map<String, Runnable> lessons = new LinkedHashMap<>();
    lessons.put("tape", FirstTape::run);
    lessons.put("vacuous", VacuousCheck::run);
    lessons.put("third", ThirdDerivative::run);
    return lessons;
  }

  /** What is false ends the lesson. */
  static void check(String claim, boolean holds) {
    if (!holds) {
      throw new IllegalStateException("does not hold: " + claim);
    }
    System.out.println("  checked: " + claim);
  }

  /** Runs lessons; exits with 2 if there is none of a name. */
  public static void main(String[] args) {
    Map<String, Runnable> lessons = all();
    for (String name : args.length > 0 ? args : lessons.keySet().toArray(String[]::new)) {
      if (!lessons.containsKey(name)) {
        System.err.println("no lesson " + name + ", there are " + lessons.keySet());
        System.exit(2);
      }
      System.out.println(name);
      lessons.get(name).run();
    }
  }
}
