package org.tapegrad.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tapegrad.Workspace;
import org.tapegrad.array.DType;
import org.tapegrad.array.NdArray;

class SafetensorsTest {
  @TempDir Path folder;

  private List<String> filesInFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void readsWhatItWrote() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    tensors.put("z.weight", NdArray.normal(DType.FLOAT32, random, 0, 1, 3, 5));
    tensors.put("scalar", NdArray.scalar(Math.PI));
    tensors.put("empty", NdArray.zeros(DType.FLOAT64, 2, 0, 3));
    tensors.put("long", NdArray.normal(DType.FLOAT64, random, 0, 1, 3, 50_000));
    tensors.put("extremes", NdArray.of(new float[] {-0f, 1f / 0, -1f / 0, 0f / 0, 0x1p-149f}, 5));
    tensors.put("\"ümläut\\\n\uD83D\uDE00", NdArray.of(new double[] {0x1p-1074, -0.0}, 2, 1));
    tensors.put("", NdArray.ones(DType.FLOAT32, 1));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("a", "\u0000\t\"\uD83D\uDE00");
    Path file = folder.resolve("model.safetensors");

    new Safetensors(tensors, metadata).write(file);
    Safetensors read = Safetensors.read(file);

    assertEquals(tensors, read.tensors());
    assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
    assertEquals(metadata, read.metadata());
    assertEquals(List.copyOf(metadata.keySet()), List.copyOf(read.metadata().keySet()));
    assertEquals(List.of("model.safetensors"), filesInFolder());
  }

  /** The file as the format's description spells it, byte by byte. */
  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    tensors.put("f", NdArray.of(new float[] {1, -2}, 2, 1));
    tensors.put("d", NdArray.of(new double[] {0.5}));
    Path file = folder.resolve("x");
    new Safetensors(tensors, Map.of("k", "v")).write(file);

    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"f\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
            + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 16).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.putDouble(0.5).putFloat(1).putFloat(-2);
    assertArrayEquals(expected.array(), Files.readAllBytes(file));
  }

  /** Peers map the file into memory, so elements must lie at multiples of their size. */
  @Test
  void elementsAreAligned() throws IOException {
    Path file = folder.resolve("x");
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 50; i++) {
      Map<String, NdArray> tensors = randomTensors(random);
      new Safetensors(tensors, Map.of("i", "x".repeat(i))).write(file);
      long length =
          ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertEquals(0, length % 8);
      for (SafetensorsHeader.Entry e : SafetensorsHeader.of(tensors, Map.of()).entries()) {
        assertEquals(0, e.begin() % e.dtype().bytes());
      }
    }
  }

  private static Map<String, NdArray> randomTensors(SplittableRandom random) {
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    int count = random.nextInt(6);
    for (int t = 0; t < count; t++) {
      int[] shape = random.ints(random.nextInt(4), 0, 5).toArray();
      DType dtype = random.nextBoolean() ? DType.FLOAT32 : DType.FLOAT64;
      tensors.put(
          "layer" + random.nextInt(1000) + ".w", NdArray.normal(dtype, random, 0, 1, shape));
    }
    return tensors;
  }

  @Test
  void randomFilesMakeTheRoundTrip() throws IOException {
    Path file = folder.resolve("x");
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 100; i++) {
      Map<String, NdArray> tensors = randomTensors(random);
      new Safetensors(tensors, Map.of()).write(file);
      assertEquals(tensors, Safetensors.read(file).tensors());
    }
  }

  /** Whatever is done to a file, it is read or refused with a message; nothing else happens. */
  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    Path file = folder.resolve("x");
    SplittableRandom random = new SplittableRandom(4);
    Map<String, NdArray> tensors = Map.of("a", NdArray.ones(DType.FLOAT32, 2, 3));
    new Safetensors(tensors, Map.of("k", "v")).write(file);
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = whole.clone();
      switch (random.nextInt(3)) {
        case 0 -> damaged[random.nextInt(whole.length - 24)] = (byte) random.nextInt();
        case 1 -> damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
        default -> {
          int at = random.nextInt(8, whole.length - 24);
          System.arraycopy(whole, at + 1, damaged, at, 8 + damaged[0] - at - 1);
          damaged[0]--;
          damaged = Arrays.copyOf(damaged, whole.length - 1);
          System.arraycopy(whole, whole.length - 24, damaged, damaged.length - 24, 24);
        }
      }
      Files.write(file, damaged);
      try {
        Safetensors.read(file);
      } catch (SafetensorsException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 2000, "only " + refused + " were refused");
  }

  @Test
  void readsFilesOfOthers() throws IOException {
    Path project = Path.of("").toAbsolutePath().getParent();
    Path file = project.resolve("../shared/data/squeezenet1_1-features.safetensors");
    assumeTrue(Files.exists(file), "a weight file beside the project");
    Map<String, NdArray> tensors = Safetensors.read(file).tensors();
    assertEquals(50, tensors.size());
    assertArrayEquals(new int[] {64, 3, 3, 3}, tensors.get("conv1.weight").shape());
    tensors.forEach(
        (name, array) -> {
          assertEquals(DType.FLOAT32, array.dtype(), name);
          assertTrue(array.isFinite(), name);
        });
  }

  /** An array of a closed workspace step cannot be read: the failure strikes amid writing. */
  @Test
  void failureAmidWritingLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("x");
    Map<String, NdArray> old = Map.of("a", NdArray.scalar(1));
    new Safetensors(old, Map.of()).write(file);
    NdArray gone;
    try (Workspace.Step step = new Workspace().step()) {
      gone = step.tape().variable(NdArray.scalar(1)).plus(1).value();
    }
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    tensors.put("first", NdArray.zeros(DType.FLOAT64, 1000));
    tensors.put("gone", gone);
    Safetensors unwritable = new Safetensors(tensors, Map.of());
    assertThrows(IllegalStateException.class, () -> unwritable.write(file));
    assertEquals(old, Safetensors.read(file).tensors());
    assertEquals(List.of("x"), filesInFolder());
  }

  @Test
  void unwritablePlacesAreNamed() throws IOException {
    Safetensors any = new Safetensors(Map.of("a", NdArray.scalar(1)), Map.of());
    Path inNoFolder = folder.resolve("none").resolve("x");
    IOException e = assertThrows(IOException.class, () -> any.write(inNoFolder));
    assertEquals(inNoFolder + ": no such folder", e.getMessage());

    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.createFile(taken.resolve("inside"));
    e = assertThrows(IOException.class, () -> any.write(taken));
    assertTrue(e.getMessage().startsWith(taken + ": "), e.getMessage());
    assertEquals(List.of("taken"), filesInFolder());

    e = assertThrows(IOException.class, () -> Safetensors.read(taken));
    assertTrue(e.getMessage().startsWith(taken + ": "), e.getMessage());
    assertThrows(NoSuchFileException.class, () -> Safetensors.read(inNoFolder));
  }

  @Test
  void namesThatCannotBeWrittenAreRefused() {
    Map<String, NdArray> reserved = Map.of("__metadata__", NdArray.scalar(1));
    assertThrows(IllegalArgumentException.class, () -> new Safetensors(reserved, Map.of()));
    Map<String, NdArray> absent = new LinkedHashMap<>();
    absent.put("a", null);
    assertThrows(IllegalArgumentException.class, () -> new Safetensors(absent, Map.of()));
    Map<String, NdArray> half = Map.of("\uD83D", NdArray.scalar(1));
    assertThrows(IllegalArgumentException.class, () -> new Safetensors(half, Map.of()));
    Map<String, String> halfText = Map.of("a", "\uDE00");
    assertThrows(IllegalArgumentException.class, () -> new Safetensors(Map.of(), halfText));
  }

  @Test
  void longNamesAndTextsMakeTheRoundTrip() throws IOException {
    Map<String, NdArray> tensors = Map.of("n".repeat(60_000), NdArray.scalar(1));
    Safetensors content =
        new Safetensors(tensors, Map.of("k".repeat(60_000), "v".repeat(21_000_000)));
    Path file = folder.resolve("long.safetensors");
    content.write(file);
    assertEquals(content, Safetensors.read(file));
  }

  @Test
  void whatTakesManyTimesTheFileIsRefused() throws IOException {
    Path file = folder.resolve("many.safetensors");
    Map<String, NdArray> empty = new LinkedHashMap<>();
    for (int i = 0; i < 100_001; i++) {
      empty.put("e" + i, NdArray.zeros(DType.FLOAT32, 0));
    }
    new Safetensors(empty, Map.of()).write(file);
    assertRefused("tensors: more than 100000 entries are not read", file);
    for (long size : new long[] {Integer.MAX_VALUE, 2_000_000_000}) {
      String header =
          "{\"a\":{\"dtype\":\"F64\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
              .formatted(size, 8 * size);
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(0);
        sparse.writeLong(Long.reverseBytes(header.length()));
        sparse.writeBytes(header);
        sparse.setLength(8 + header.length() + 8 * size);
      }
      assertRefused("a: " + 8 * size + " bytes are more memory than Java may use", file);
    }
  }

  private static void assertRefused(String message, Path file) {
    SafetensorsException e = assertThrows(SafetensorsException.class, () -> Safetensors.read(file));
    assertEquals(file + ": " + message, e.getMessage());
  }

  @Test
  void keepsItsOwnMaps() {
    Map<String, NdArray> tensors = new LinkedHashMap<>(Map.of("a", NdArray.scalar(1)));
    Safetensors file = new Safetensors(tensors, Map.of());
    tensors.clear();
    assertEquals(List.of("a"), new ArrayList<>(file.tensors().keySet()));
    assertThrows(UnsupportedOperationException.class, () -> file.tensors().clear());
  }
}
