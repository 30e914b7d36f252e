package org.tapegrad.examples.lessons.book;

/** The main method of a lesson. */
@FunctionalInterface
public interface Program {
  /** Runs it. */
  void main(String[] args) throws Exception;
}
