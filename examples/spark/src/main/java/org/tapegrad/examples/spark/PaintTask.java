package org.tapegrad.examples.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.tapegrad.examples.style.Failure;
import org.tapegrad.examples.style.Painter;

/**
 * Repaints one photograph of a folder into another one, on an executor.
 *
 * @param machine what the executor must be like
 */
record PaintTask(
    Broadcast<Painter> painter,
    Broadcast<SerializableConfiguration> configuration,
    String in,
    String out,
    Machine machine)
    implements Function<String, PaintTask.Result> {
  private static final Pool<Painter> POOL = new Pool<>();

  /**
   * What came of it.
   *
   * @param failure in words, or null
   * @param exitCode of the failure
   */
  record Result(String failure, int exitCode) implements Serializable {}

  /** The name of the repainted photograph; a.png and a.jpg are two. */
  static String painted(String name) {
    return name + ".png";
  }

  @Override
  public Result call(String name) {
    try {
      machine.requireSame(SparkEnv.get().executorId());
      byte[] photograph = read(name);
      write(
          painted(name),
          POOL.use(painter.id(), () -> painter.value().copy(), p -> p.repaint(photograph, name)));
      return new Result(null, Failure.NONE);
    } catch (IOException e) {
      return new Result(name + ": " + Cluster.line(e), Failure.FILE);
    } catch (RuntimeException | OutOfMemoryError e) { // decoders throw what they like
      Failure failure = Failure.of(e);
      return new Result(failure.getMessage(), failure.exitCode());
    }
  }

  private byte[] read(String name) throws IOException {
    Path file = new Path(new Path(in), name);
    try (InputStream bytes = files(file).open(file)) {
      return bytes.readAllBytes();
    }
  }

  /** Whole or not at all: under another name first. */
  private void write(String name, byte[] bytes) throws IOException {
    Path file = new Path(new Path(out), name);
    Path part = new Path(new Path(out), ".style-transfer-" + UUID.randomUUID() + ".part");
    FileSystem files = files(file);
    files.setWriteChecksum(false); // no .crc beside each
    try {
      try (OutputStream stream = files.create(part, true)) {
        stream.write(bytes);
      }
      if (!files.rename(part, file) && !files.exists(file)) {
        throw new FileNotFoundException("cannot be written to " + out);
      }
    } finally {
      files.delete(part, false);
    }
  }

  private FileSystem files(Path path) throws IOException {
    Configuration hadoop = configuration.value().value();
    return path.getFileSystem(hadoop);
  }
}
