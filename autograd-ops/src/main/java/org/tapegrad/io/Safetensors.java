package org.tapegrad.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;
import org.tapegrad.array.Shapes;

/**
 * Named arrays in a file of the safetensors format: eight bytes with the length of a JSON header,
 * the header, and the elements in little-endian order
 * (https://github.com/huggingface/safetensors#format). F64 and F32 are read and written as they
 * are, F16 and BF16 are read as float32, integers and booleans on request as float64.
 *
 * <p>Reading takes the memory of the arrays, and besides at most 1 MB and an eighth of the file's
 * size; files of so many tensors that it would take more are refused. A single text of the metadata
 * is held up to five times while it is read.
 *
 * @param tensors name to array, in the order of the header
 * @param metadata free text by name
 */
public record Safetensors(Map<String, NdArray> tensors, Map<String, String> metadata) {
  /** Elements that are converted at a time. */
  private static final int CHUNK = 1 << 15;

  /** The longest message. */
  private static final int MAX_LINE = 499;

  /** Symbolic links that lead to a file, as Linux counts them. */
  private static final int MAX_LINKS = 40;

  /**
   * Keeps copies of both maps, in their order.
   *
   * @throws IllegalArgumentException if a name or value is null or no Unicode text, or a tensor has
   *     more than 64 axes or the name that the format keeps for metadata
   */
  public Safetensors {
    requireNames("tensors", tensors);
    requireNames("metadata", metadata);
    if (tensors.containsKey(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "safetensors: no tensor can be named " + SafetensorsHeader.METADATA);
    }
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  private static void requireNames(String what, Map<String, ?> map) {
    Shapes.given("safetensors", what, map);
    map.forEach(
        (name, value) -> {
          if (name == null || value == null) {
            throw new IllegalArgumentException(
                printable(
                    "safetensors: %s must not be null, was %s = %s".formatted(what, name, value)));
          }
          SafetensorsHeader.requireText(name);
          SafetensorsHeader.requireText(value instanceof String text ? text : "");
          if (value instanceof NdArray a && a.rank() > SafetensorsHeader.MAX_RANK) {
            throw new IllegalArgumentException(
                printable(
                    "safetensors: %s has %d axes, at most %d can be kept"
                        .formatted(name, a.rank(), SafetensorsHeader.MAX_RANK)));
          }
        });
  }

  /**
   * A text for a terminal: one line in which control characters, which may come from a file, are
   * shown as in Java source, with its middle left out if it has 500 characters or more.
   */
  public static String printable(String text) {
    int half = MAX_LINE / 2 - 3;
    String ends =
        Shapes.given("printable", "a text", text).length()
                > 2 * MAX_LINE // what is shown of the rest could not be seen
            ? text.substring(0, MAX_LINE) + text.substring(text.length() - MAX_LINE)
            : text;
    StringBuilder line = new StringBuilder();
    ends.chars()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    line.append("\\u%04x".formatted(c));
                default -> line.append((char) c);
              }
            });
    return line.length() <= MAX_LINE
        ? line.toString()
        : line.substring(0, half) + " ... " + line.substring(line.length() - half);
  }

  /**
   * Reads all tensors of floating-point numbers, F16 and BF16 as float32; those of integers are
   * left out.
   *
   * @throws SafetensorsException if the file is not exactly as the format says, its arrays do not
   *     fit into memory, or it has very many small ones
   * @throws IOException if it cannot be read
   */
  public static Safetensors read(Path file) throws IOException {
    return read(file, false);
  }

  /**
   * As {@link #read}, with tensors of integers and booleans as float64, such as PyTorch's
   * num_batches_tracked.
   *
   * @throws SafetensorsException also if an integer is beyond 2^53
   */
  public static Safetensors readWithIntegers(Path file) throws IOException {
    return read(file, true);
  }

  private static Safetensors read(Path file, boolean integers) throws IOException {
    try (FileChannel channel =
        FileChannel.open(Shapes.given("read", "a file", file), StandardOpenOption.READ)) {
      SafetensorsHeader header = SafetensorsHeader.read(channel);
      Map<String, NdArray> tensors = new LinkedHashMap<>();
      ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (SafetensorsHeader.Entry e : header.entries()) {
        if (integers || !e.dtype().isInteger()) {
          tensors.put(e.name(), readTensor(channel, header.end(), e, bytes));
        }
      }
      return new Safetensors(tensors, header.metadata());
    } catch (SafetensorsException e) {
      throw new SafetensorsException(file + ": " + e.getMessage(), e);
    } catch (FileSystemException e) { // names the file itself
      throw e;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static NdArray readTensor(
      FileChannel channel, long start, SafetensorsHeader.Entry e, ByteBuffer bytes)
      throws IOException {
    NdArray array = room(e);
    Object data = array.writableData();
    long at = start + e.begin();
    try {
      for (int i = 0; i < array.size(); i += CHUNK) {
        int n = Math.min(CHUNK, array.size() - i);
        SafetensorsHeader.readFully(channel, bytes.clear().limit(n * e.dtype().bytes()), at);
        at += bytes.position();
        e.dtype().read(bytes.flip(), data, i, n);
      }
    } catch (SafetensorsException failure) {
      throw new SafetensorsException(e.name() + ": " + failure.getMessage(), failure);
    }
    return array;
  }

  /** An array is no part of the heap until there is room for all of it, so this can be caught. */
  private static NdArray room(SafetensorsHeader.Entry e) throws SafetensorsException {
    try {
      return NdArray.zeros(e.dtype().dtype(), e.shape());
    } catch (OutOfMemoryError none) {
      throw new SafetensorsException(
          "%s: %d bytes are more memory than Java may use".formatted(e.name(), e.end() - e.begin()),
          none);
    }
  }

  /**
   * Writes a file. It is written beside its place and then moved there, so that an older file is
   * replaced as a whole or not at all; its permissions stay. A symbolic link is followed.
   *
   * @throws IOException if it cannot be written; an older file is left as it was
   */
  public void write(Path file) throws IOException {
    Path target = followed(Shapes.given("write", "a file", file));
    Path part = target.resolveSibling("." + UUID.randomUUID() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        SafetensorsHeader header = SafetensorsHeader.of(tensors, metadata);
        writeFully(channel, header.toBytes());
        for (SafetensorsHeader.Entry e : header.byOffset()) {
          writeElements(channel, tensors.get(e.name()));
        }
        channel.force(true);
      }
      keepPermissions(target, part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(file, e);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Where the chain of symbolic links ends, whether or not a file is there. */
  private static Path followed(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemException(file.toString(), null, "too many symbolic links");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static void keepPermissions(Path from, Path to) throws IOException {
    PosixFileAttributeView old = Files.getFileAttributeView(from, PosixFileAttributeView.class);
    if (old != null && Files.exists(from)) {
      Files.setPosixFilePermissions(to, old.readAttributes().permissions());
    }
  }

  /** The failure under the name of the file that was meant. */
  private static IOException failed(Path file, IOException e) {
    String reason = e.getMessage();
    if (e instanceof FileSystemException f) {
      reason =
          f.getReason() != null
              ? f.getReason()
              : e instanceof NoSuchFileException
                  ? "no such folder"
                  : e instanceof AccessDeniedException
                      ? "access denied"
                      : e.getClass().getSimpleName();
    }
    FileSystemException named = new FileSystemException(file.toString(), null, reason);
    named.initCause(e);
    return named;
  }

  private static void writeElements(FileChannel channel, NdArray array) throws IOException {
    int chunk = Math.min(CHUNK, array.size());
    ByteBuffer bytes =
        ByteBuffer.allocate(chunk * array.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    Object data = array.data();
    for (int i = 0; i < array.size(); i += CHUNK) {
      int n = Math.min(CHUNK, array.size() - i);
      bytes.clear().limit(n * array.dtype().bytes());
      if (array.dtype() == DType.FLOAT64) {
        bytes.asDoubleBuffer().put((double[]) data, i, n);
      } else {
        bytes.asFloatBuffer().put((float[]) data, i, n);
      }
      writeFully(channel, bytes);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
