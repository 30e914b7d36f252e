package org.tapegrad.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import org.tapegrad.nn.BatchNorm2d;
import org.tapegrad.nn.State;

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
  void keepsItsOwnMaps() {
    Map<String, NdArray> tensors = new LinkedHashMap<>(Map.of("a", NdArray.scalar(1)));
    Safetensors file = new Safetensors(tensors, Map.of());
    tensors.clear();
    assertEquals(List.of("a"), new ArrayList<>(file.tensors().keySet()));
    assertThrows(UnsupportedOperationException.class, () -> file.tensors().clear());
  }

  private Path stored(String type, int elements, ByteBuffer data) throws IOException {
    byte[] header =
        "{\"a\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(type, elements, data.capacity())
            .getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve(type);
    Files.write(
        file,
        ByteBuffer.allocate(8 + header.length + data.capacity())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .put(data.rewind())
            .array());
    return file;
  }

  private static ByteBuffer bytes(int n) {
    return ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Every bit pattern of IEEE 754's binary16, by its definition. */
  @Test
  void halfPrecisionIsReadAsFloat32() throws IOException {
    ByteBuffer all = bytes(1 << 17);
    float[] halves = new float[1 << 16];
    float[] brains = new float[1 << 16];
    for (int bits = 0; bits < 1 << 16; bits++) {
      all.putShort((short) bits);
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      double size =
          exponent == 0
              ? Math.scalb((double) fraction, -24)
              : exponent == 31
                  ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                  : Math.scalb(1 + fraction / 1024.0, exponent - 15);
      halves[bits] = (float) (bits < 1 << 15 ? size : -size);
      brains[bits] = Float.intBitsToFloat(bits << 16);
    }
    Map<String, NdArray> f16 = Safetensors.read(stored("F16", 1 << 16, all)).tensors();
    assertEquals(NdArray.of(halves, 1 << 16), f16.get("a"));
    assertEquals(65504, f16.get("a").get(0x7bff));
    assertEquals(-0x1p-24, f16.get("a").get(0x8001));
    Map<String, NdArray> bf16 = Safetensors.read(stored("BF16", 1 << 16, all)).tensors();
    assertEquals(NdArray.of(brains, 1 << 16), bf16.get("a"));
    assertEquals(1, bf16.get("a").get(0x3f80));
  }

  @Test
  void integersAreReadOnRequest() throws IOException {
    check("I64", bytes(24).putLong(1L << 53).putLong(-(1L << 53)).putLong(3), 0x1p53, -0x1p53, 3);
    check("I32", bytes(8).putInt(Integer.MIN_VALUE).putInt(7), Integer.MIN_VALUE, 7);
    check("I16", bytes(4).putShort((short) -32768).putShort((short) 7), -32768, 7);
    check("I8", bytes(2).put((byte) -128).put((byte) 7), -128, 7);
    check("U8", bytes(2).put((byte) 200).put((byte) 7), 200, 7);
    check("BOOL", bytes(2).put((byte) 0).put((byte) 1), 0, 1);
    for (long beyond : new long[] {(1L << 53) + 1, Long.MIN_VALUE}) {
      Path file = stored("I64", 1, bytes(8).putLong(beyond));
      SafetensorsException e =
          assertThrows(SafetensorsException.class, () -> Safetensors.readWithIntegers(file));
      assertEquals(
          file + ": a: " + beyond + " is beyond 2^53 and cannot be read as float64",
          e.getMessage());
    }
  }

  private void check(String type, ByteBuffer data, double... expected) throws IOException {
    Path file = stored(type, expected.length, data);
    assertEquals(Map.of(), Safetensors.read(file).tensors());
    assertEquals(
        NdArray.of(expected, expected.length),
        Safetensors.readWithIntegers(file).tensors().get("a"),
        type);
  }

  /** As PyTorch saves it: float32 numbers and an int64 count. */
  @Test
  void aBatchNormOfPyTorch() throws IOException {
    String header =
        "{'num_batches_tracked':{'dtype':'I64','shape':[],'data_offsets':[0,8]},"
            + "'bias':{'dtype':'F32','shape':[1],'data_offsets':[8,12]},"
            + "'running_mean':{'dtype':'F32','shape':[1],'data_offsets':[12,16]},"
            + "'running_var':{'dtype':'F16','shape':[1],'data_offsets':[16,18]},"
            + "'weight':{'dtype':'BF16','shape':[1],'data_offsets':[18,20]}}";
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = bytes(8 + text.length + 20).putLong(text.length).put(text);
    all.putLong(42).putFloat(1).putFloat(2).putShort((short) 0x4200).putShort((short) 0x4080);
    Path file = folder.resolve("bn");
    Files.write(file, all.array());
    BatchNorm2d layer = new BatchNorm2d(DType.FLOAT32, 1);
    layer.load(Safetensors.readWithIntegers(file).tensors());
    assertEquals(42, layer.state().get("num_batches_tracked").item());
    assertEquals(1, layer.state().get("bias").item());
    assertEquals(2, layer.state().get("running_mean").item());
    assertEquals(3, layer.state().get("running_var").item());
    assertEquals(4, layer.state().get("weight").item());
  }

  @Test
  void rewritingKeepsPermissionsAndFollowsLinks() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Safetensors old = new Safetensors(Map.of("a", NdArray.scalar(1)), Map.of());
    Safetensors next = new Safetensors(Map.of("a", NdArray.scalar(2)), Map.of());
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Path real = inside.resolve("real");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("inside", "hop"));
    Files.createSymbolicLink(inside.resolve("hop"), Path.of("real"));
    old.write(link); // leads to no file yet
    for (String mode : List.of("rw-------", "rw-rw-r--", "r--r--r--", "rwxr-x---")) {
      Files.setPosixFilePermissions(real, PosixFilePermissions.fromString(mode));
      next.write(link);
      assertTrue(Files.isSymbolicLink(link));
      assertEquals(Path.of("inside", "hop"), Files.readSymbolicLink(link));
      assertEquals(next.tensors(), Safetensors.read(real).tensors());
      assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(real)));
    }
    assertEquals(List.of("inside", "link"), filesInFolder());

    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    IOException e = assertThrows(IOException.class, () -> next.write(loop));
    assertEquals(loop + ": too many symbolic links", e.getMessage());
  }

  /** What can be written can be read, and what could not be read is not written. */
  @Test
  void limitsOfWritingAreThoseOfReading() throws IOException {
    Path file = folder.resolve("x");
    String longest = "x".repeat(60_000);
    int[] axes = new int[64];
    Arrays.fill(axes, 1);
    Map<String, NdArray> tensors = Map.of(longest, NdArray.ones(DType.FLOAT32, axes));
    Map<String, String> metadata = Map.of(longest, "x".repeat(21_000_000));
    new Safetensors(tensors, metadata).write(file);
    assertEquals(tensors, Safetensors.read(file).tensors());
    assertEquals(metadata, Safetensors.read(file).metadata());

    NdArray one = NdArray.scalar(1);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Safetensors(Map.of("a", NdArray.ones(DType.FLOAT32, axes65())), Map.of()));
    assertEquals("safetensors: a has 65 axes, at most 64 can be kept", e.getMessage());

    Map<String, NdArray> many = new LinkedHashMap<>();
    for (int i = 0; i < 2048; i++) {
      many.put("t" + i, one);
    }
    new Safetensors(many, Map.of()).write(file);
    assertEquals(many, Safetensors.read(file).tensors());
    for (int i = 2048; i < 3000; i++) {
      many.put("t" + i, one);
    }
    Safetensors tooMany = new Safetensors(many, Map.of());
    assertThrows(IOException.class, () -> tooMany.write(file));
    assertEquals(2048, Safetensors.read(file).tensors().size());
  }

  private static int[] axes65() {
    int[] axes = new int[65];
    Arrays.fill(axes, 1);
    return axes;
  }

  /** Beside its arrays a file takes little memory. */
  @Test
  void memoryOfReading() throws IOException {
    Path file = folder.resolve("x");
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      tensors.put("layer" + i, NdArray.ones(DType.FLOAT32, 100, i));
    }
    new Safetensors(tensors, Map.of()).write(file);
    Safetensors.read(file);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    Safetensors.read(file);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    long size = Files.size(file);
    assertTrue(bytes < size + size / 8 + (1 << 20), bytes + " for " + size);
  }

  @Test
  void printableTextIsOneHarmlessLine() {
    assertEquals(
        "a\\u001b\\u000a\\u009b\\u200fü\uD83D\uDE00",
        Safetensors.printable("a\u001b\n\u009b\u200fü\uD83D\uDE00"));
    assertEquals("x".repeat(499), Safetensors.printable("x".repeat(499)));
    String cut = Safetensors.printable("a" + "\n".repeat(10_000) + "b");
    assertTrue(cut.length() < 500 && cut.startsWith("a\\u000a") && cut.endsWith("000ab"), cut);
    assertThrows(
        IllegalArgumentException.class,
        () -> State.assign(Map.of("a", NdArray.scalar(1)), Map.of("\u001b", NdArray.scalar(1))));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> State.assign(Map.of(), Map.of("\u001b[2J", NdArray.scalar(1))))
            .getMessage();
    assertEquals("load: the state does not fit; missing [], unexpected [\\u001b[2J]", message);
  }
}
