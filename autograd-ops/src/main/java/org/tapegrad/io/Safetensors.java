package org.tapegrad.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.tapegrad.DType;
import org.tapegrad.NdArray;

/**
 * Named arrays in a file of the safetensors format: eight bytes with the length of a JSON header,
 * the header, and the elements in little-endian order
 * (https://github.com/huggingface/safetensors#format). Element types F32 and F64.
 *
 * @param tensors name to array, in the order of the file
 * @param metadata free text by name
 */
public record Safetensors(Map<String, NdArray> tensors, Map<String, String> metadata) {
  /** Elements that are converted at a time. */
  private static final int CHUNK = 1 << 16;

  /** Keeps copies of both maps, in their order. */
  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Reads a whole file.
   *
   * @throws SafetensorsException if the file is not exactly as the format says
   * @throws IOException if it cannot be read
   */
  public static Safetensors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafetensorsHeader header = SafetensorsHeader.read(channel, channel.size());
      Map<String, NdArray> tensors = new LinkedHashMap<>();
      for (SafetensorsHeader.Entry e : header.entries()) {
        NdArray array = NdArray.zeros(e.dtype(), e.shape());
        readElements(channel, array);
        tensors.put(e.name(), array);
      }
      return new Safetensors(tensors, header.metadata());
    } catch (SafetensorsException e) {
      throw new SafetensorsException(file + ": " + e.getMessage(), e);
    }
  }

  private static void readElements(FileChannel channel, NdArray array) throws IOException {
    int width = array.dtype().bytes();
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * width).order(ByteOrder.LITTLE_ENDIAN);
    Object data = array.writableData();
    for (int i = 0; i < array.size(); i += CHUNK) {
      int n = Math.min(CHUNK, array.size() - i);
      bytes.clear().limit(n * width);
      SafetensorsHeader.readFully(channel, bytes);
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
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (FileChannel channel =
          FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writeFully(channel, header());
        for (NdArray array : tensors.values()) {
          writeElements(channel, array);
        }
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private ByteBuffer header() throws IOException {
    List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    long begin = 0;
    for (Map.Entry<String, NdArray> e : tensors.entrySet()) {
      NdArray array = e.getValue();
      long end = begin + (long) array.size() * array.dtype().bytes();
      entries.add(
          new SafetensorsHeader.Entry(e.getKey(), array.dtype(), array.shape(), begin, end));
      begin = end;
    }
    return new SafetensorsHeader(entries, metadata).toBytes();
  }

  private static void writeElements(FileChannel channel, NdArray array) throws IOException {
    int width = array.dtype().bytes();
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * width).order(ByteOrder.LITTLE_ENDIAN);
    Object data = array.data();
    for (int i = 0; i < array.size(); i += CHUNK) {
      int n = Math.min(CHUNK, array.size() - i);
      bytes.clear().limit(n * width);
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
