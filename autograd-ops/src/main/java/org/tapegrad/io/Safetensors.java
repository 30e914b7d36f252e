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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

/**
 * Named arrays in a file of the safetensors format: eight bytes with the length of a JSON header,
 * the header, and the elements in little-endian order
 * (https://github.com/huggingface/safetensors#format). Element types F32 and F64.
 *
 * @param tensors name to array, in the order of the header
 * @param metadata free text by name
 */
public record Safetensors(Map<String, NdArray> tensors, Map<String, String> metadata) {
  /** Elements that are converted at a time. */
  private static final int CHUNK = 1 << 16;

  /**
   * Keeps copies of both maps, in their order.
   *
   * @throws IllegalArgumentException if a name or value is null or no Unicode text, or a tensor has
   *     the name that the format keeps for metadata
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
    map.forEach(
        (name, value) -> {
          if (name == null || value == null) {
            throw new IllegalArgumentException(
                "safetensors: %s must not be null, was %s = %s".formatted(what, name, value));
          }
          SafetensorsHeader.requireText(name);
          SafetensorsHeader.requireText(value instanceof String text ? text : "");
        });
  }

  /**
   * Reads a whole file.
   *
   * @throws SafetensorsException if the file is not exactly as the format says, has more than
   *     100,000 tensors or metadata, or a tensor is larger than an array or the memory can be
   * @throws IOException if it cannot be read
   */
  public static Safetensors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafetensorsHeader header = SafetensorsHeader.read(channel);
      Map<String, NdArray> tensors = new LinkedHashMap<>();
      for (SafetensorsHeader.Entry e : header.entries()) {
        NdArray array = zeros(e);
        readElements(channel, header.end() + e.begin(), array);
        tensors.put(e.name(), array);
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

  private static NdArray zeros(SafetensorsHeader.Entry e) throws SafetensorsException {
    try {
      return NdArray.zeros(e.dtype(), e.shape());
    } catch (OutOfMemoryError error) {
      throw new SafetensorsException(
          "%s: %d bytes are more memory than Java may use".formatted(e.name(), e.end() - e.begin()),
          error);
    }
  }

  private static void readElements(FileChannel channel, long start, NdArray array)
      throws IOException {
    int width = array.dtype().bytes();
    ByteBuffer bytes = buffer(array);
    Object data = array.writableData();
    for (int i = 0; i < array.size(); i += CHUNK) {
      int n = Math.min(CHUNK, array.size() - i);
      bytes.clear().limit(n * width);
      SafetensorsHeader.readFully(channel, bytes, start + (long) i * width);
      bytes.flip();
      if (array.dtype() == DType.FLOAT64) {
        bytes.asDoubleBuffer().get((double[]) data, i, n);
      } else {
        bytes.asFloatBuffer().get((float[]) data, i, n);
      }
    }
  }

  /**
   * Writes a file. It is written beside its place and then moved there, so that an older file is
   * replaced as a whole or not at all.
   *
   * @throws IOException if it cannot be written; an older file is left as it was
   */
  public void write(Path file) throws IOException {
    Path target = file.toAbsolutePath();
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
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(file, e);
    } finally {
      Files.deleteIfExists(part);
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
    ByteBuffer bytes = buffer(array);
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

  private static ByteBuffer buffer(NdArray array) {
    int n = Math.min(CHUNK, array.size());
    return ByteBuffer.allocate(n * array.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
