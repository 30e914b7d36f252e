package org.tapegrad.examples.style;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;

/** Runs commands in this process and keeps what they print. */
final class CommandRun {
  final StringWriter printed = new StringWriter();
  final StringWriter errors = new StringWriter();

  /** The exit code of a command and its arguments, in front of more of them. */
  int execute(Object[] more, Object... words) {
    return StyleTransfer.commandLine()
        .setOut(new PrintWriter(printed, true))
        .setErr(new PrintWriter(errors, true))
        .execute(
            Stream.of(words, more)
                .flatMap(Stream::of)
                .map(Object::toString)
                .toArray(String[]::new));
  }
}
