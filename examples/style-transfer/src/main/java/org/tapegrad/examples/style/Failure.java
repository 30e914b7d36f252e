package org.tapegrad.examples.style;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.tapegrad.io.Safetensors;

/** A reason to stop that a person can act on: one line of text and an exit code. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** All went well. */
  public static final int NONE = 0;

  /** The training went wrong: the loss did not fall by half, the picture is faulty. */
  public static final int TRAINING = 1;

  /** The command line was wrong. */
  public static final int USAGE = 2;

  /** A file is missing, unreadable, too small or cannot be written. */
  public static final int FILE = 3;

  /** The model file is not one of this program's, or of another architecture. */
  public static final int MODEL = 4;

  /** Something that nobody has thought of, a mistake in the program. */
  public static final int UNFORESEEN = 5;

  private final int exitCode;

  /** With one of the exit codes, and one line. */
  public Failure(int exitCode, String message) {
    super(Safetensors.printable(message));
    this.exitCode = exitCode;
  }

  /** With what led to it. */
  public Failure(int exitCode, String message, Throwable cause) {
    super(Safetensors.printable(message), cause);
    this.exitCode = exitCode;
  }

  /** What anything that was thrown means to the person at the command line. */
  public static Failure of(Throwable e) {
    if (e instanceof Failure failure) {
      return failure;
    }
    if (e instanceof OutOfMemoryError) {
      return new Failure(FILE, "more memory is needed than Java may use; " + moreHeap(), e);
    }
    StackTraceElement[] trace = e.getStackTrace();
    return new Failure(
        UNFORESEEN, "unforeseen, %s%s".formatted(e, trace.length == 0 ? "" : " at " + trace[0]), e);
  }

  /** What the program ends with. */
  public int exitCode() {
    return exitCode;
  }

  /** How to type the command that is running so that it may use twice the memory, or 8 GB. */
  static String moreHeap() {
    long gigabytes = Math.max(8, Runtime.getRuntime().maxMemory() >> 29);
    String jar = System.getProperty("java.class.path");
    if (!jar.endsWith(".jar") || jar.contains(File.pathSeparator)) {
      return "JAVA_TOOL_OPTIONS=-Xmx%dg before the command gives %<d GB".formatted(gigabytes);
    }
    String command = System.getProperty("sun.java.command", ""); // a class or the jar, and words
    String words = command.substring(command.startsWith(jar) ? jar.length() : command.indexOf(' '));
    return "give it %d GB: java -Xmx%<dg -jar %s%s".formatted(gigabytes, jar, words);
  }

  /** The command line is wrong. */
  public static Failure usage(String message) {
    return new Failure(USAGE, message);
  }

  static Failure file(Path file, String what) {
    return new Failure(FILE, file + ": " + what);
  }

  /** The failure to read a file, in words. */
  static Failure reading(Path file, IOException e) {
    return new Failure(FILE, file + ": cannot be read: " + reason(e), e);
  }

  /** The failure to write a file, in words: a full disk, a missing right, ... */
  static Failure writing(Path file, IOException e) {
    return new Failure(FILE, file + ": cannot be written: " + reason(e), e);
  }

  private static String reason(IOException e) {
    Throwable root = e;
    while (root.getCause() instanceof IOException) {
      root = root.getCause();
    }
    if (root instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (root instanceof NoSuchFileException || root instanceof FileNotFoundException) {
      return "no such file or folder";
    }
    if (root instanceof FileAlreadyExistsException) {
      return "a file is in the place of its folder";
    }
    String message = root.getMessage();
    if (message == null || message.isBlank()) {
      return root.getClass().getSimpleName();
    }
    return message.contains("No space left")
        ? "the disk is full"
        : message.lines().findFirst().orElse(message);
  }
}
