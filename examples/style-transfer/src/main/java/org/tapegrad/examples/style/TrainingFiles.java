package org.tapegrad.examples.style;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one training: all are named after its model and lie beside it, in a folder that no
 * other training writes to before this one is closed.
 */
final class TrainingFiles implements AutoCloseable {
  private static final String MODEL = ".safetensors";
  private static final String CHECKPOINT = ".training.safetensors";

  private final Path model;
  private final Path folder;
  private final String base;
  private final Path lockFile;
  private final FileChannel lock;

  /**
   * Makes the folder, locks it, and removes what killed runs have left there.
   *
   * @throws Failure if the model could not be written there, or another training writes there
   */
  TrainingFiles(Path model) {
    String name = String.valueOf(model.getFileName());
    if (!name.endsWith(MODEL) || name.equals(MODEL)) {
      throw Failure.usage("--out must end in .safetensors, was " + model);
    }
    this.model = model;
    folder = model.toAbsolutePath().getParent();
    base = name.substring(0, name.length() - MODEL.length());
    lockFile = folder.resolve(".style-transfer.lock");
    try {
      Files.createDirectories(folder);
      lock = locked();
      removeOrphans();
    } catch (IOException e) {
      throw Failure.writing(model, e);
    }
  }

  private FileChannel locked() throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!WholeFile.lock(channel)) {
        channel.close();
        throw Failure.file(folder, "another training writes to this folder");
      }
      if (!Files.notExists(lockFile)) {
        return channel;
      }
      channel.close(); // its owner removed the file before it was locked here
    }
  }

  private void removeOrphans() throws IOException {
    try {
      WholeFile.removeOrphans(folder, true);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  Path folder() {
    return folder;
  }

  Path model() {
    return model;
  }

  Path checkpoint() {
    return model.resolveSibling(base + CHECKPOINT);
  }

  Path strip(int step) {
    return model.resolveSibling("%s-strip-%05d.png".formatted(base, step));
  }

  /** The repainted photograph in one of the styles that were trained, counted from 1. */
  Path repainted(int style) {
    return model.resolveSibling(base + "-repainted%s.png".formatted(style == 1 ? "" : "-" + style));
  }

  Path plot() {
    return model.resolveSibling(base + "-loss.png");
  }

  /** What follows the base in the name of one of these files. */
  private Optional<String> suffix(Path file) {
    Pattern pattern =
        Pattern.compile(
            Pattern.quote(base)
                + "(\\.safetensors|\\.training\\.safetensors|-(repainted(-\\d+)?|loss|strip-\\d{5,})\\.png)");
    Matcher matcher = pattern.matcher(file.getFileName().toString());
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Whether this training may write the file. */
  boolean contains(Path file) {
    try {
      return Files.exists(file)
          && Files.isSameFile(file.toAbsolutePath().getParent(), folder)
          && suffix(file).isPresent();
    } catch (IOException e) {
      throw Failure.reading(file, e);
    }
  }

  /**
   * Gives other names to the files of an earlier run with this model's name: {@code model.1} in
   * place of {@code model}, or the next number that is free.
   *
   * @return the new name of its model, empty where there is no earlier run
   */
  Optional<Path> keepEarlier() {
    if (!Files.exists(model) && !Files.exists(checkpoint())) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> ours = files.filter(file -> suffix(file).isPresent()).sorted().toList();
      int n = 1;
      while (isTaken(n, ours)) {
        n++;
      }
      for (Path file : ours) {
        Files.move(file, renamed(file, n));
      }
      return Optional.of(renamed(model, n));
    } catch (IOException e) {
      throw Failure.writing(model, e);
    }
  }

  private boolean isTaken(int n, List<Path> files) {
    return files.stream().anyMatch(file -> Files.exists(renamed(file, n)))
        || Files.exists(renamed(model, n));
  }

  private Path renamed(Path file, int n) {
    return file.resolveSibling(base + "." + n + suffix(file).orElseThrow());
  }

  @Override
  public void close() {
    try (FileChannel closed = lock) {
      Files.deleteIfExists(lockFile);
    } catch (IOException e) {
      throw Failure.writing(lockFile, e);
    }
  }
}
