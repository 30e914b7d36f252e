package org.tapegrad.examples.launch;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a program with the module of the Vector API, which a jar's manifest cannot ask for. */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  /** Set in the second Java machine, which starts no third. */
  private static final String STARTED = "tapegrad.started.again";

  /** What Java prints first, because of the option that is added here. */
  private static final byte[] NOTICE =
      ("WARNING: Using incubator modules: " + NAME + System.lineSeparator())
          .getBytes(StandardCharsets.US_ASCII);

  private VectorModule() {}

  /**
   * Where Java was started without the module, starts it again with it, with the same options and
   * streams, passes on signals, and ends with the exit code of the program. Comes back where the
   * program is to run right here: with the module, or where there is none or no second process.
   *
   * @param options further ones, which those that Java was started with override
   */
  public static void require(Class<?> program, List<String> options, String... args) {
    if (ModuleLayer.boot().findModule(NAME).isPresent()
        || ModuleFinder.ofSystem().find(NAME).isEmpty()
        || Boolean.getBoolean(STARTED)) {
      return;
    }
    Process process;
    try {
      process = start(command(program, options, args));
    } catch (IOException e) {
      return;
    }
    System.exit(exitCode(process));
  }

  private static List<String> command(Class<?> program, List<String> options, String... args) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(options);
    words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    words.addAll(List.of("--add-modules", NAME, "-D" + STARTED + "=true"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    words.addAll(List.of(args));
    return words;
  }

  private static Process start(List<String> words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.redirectInput(Redirect.INHERIT).redirectOutput(Redirect.INHERIT);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.start();
  }

  /** When the program ends; a signal that comes before is passed on. */
  private static int exitCode(Process process) {
    Thread errors = new Thread(() -> passOn(process.getErrorStream()), "errors");
    errors.start();
    Thread signals =
        new Thread(
            () -> {
              if (process.supportsNormalTermination()) { // or its console has heard the signal
                process.toHandle().destroy(); // which leaves the streams open
              }
              await(process, errors);
            },
            "signals");
    try {
      Runtime.getRuntime().addShutdownHook(signals);
    } catch (IllegalStateException e) { // a signal has come already
      signals.run();
    }
    return await(process, errors);
  }

  private static int await(Process process, Thread errors) {
    try {
      int code = process.waitFor();
      errors.join();
      return code;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All that is said, but for what Java says about its own option. */
  private static void passOn(InputStream from) {
    try (OutputStream to = new FileOutputStream(FileDescriptor.err)) {
      byte[] first = from.readNBytes(NOTICE.length);
      if (!Arrays.equals(first, NOTICE)) {
        to.write(first);
      }
      from.transferTo(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
