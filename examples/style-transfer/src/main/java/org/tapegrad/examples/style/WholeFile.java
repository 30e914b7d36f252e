package org.tapegrad.examples.style;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes files beside their place and moves them there, so that an older file is replaced as a
 * whole or not at all. What a killed run leaves behind is known by its name and not locked.
 */
final class WholeFile {
  static final String PREFIX = ".style-transfer-";
  static final String SUFFIX = ".part";

  /** Temporary files of {@code Safetensors}: a UUID. */
  private static final Pattern OF_MODELS =
      Pattern.compile("\\.[0-9a-f]{8}(-[0-9a-f]{4,12}){4}.part");

  private WholeFile() {}

  /** Writes what a file is to hold. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file, or where a link leads, and makes its folder. */
  static void write(Path file, Content content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Files.createDirectories(target.getParent());
    if (Files.exists(target) && !Files.isRegularFile(target)) { // a device, a pipe
      try (OutputStream out = Files.newOutputStream(target)) {
        content.writeTo(out);
      }
      return;
    }
    Path part = target.resolveSibling(PREFIX + UUID.randomUUID() + SUFFIX);
    try {
      try (FileChannel channel =
          FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        lock(channel);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Whether nobody else holds a lock on the file, which the channel holds from now on. */
  static boolean lock(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) { // a file system without locks
      return true;
    }
  }

  /**
   * Removes what killed runs have left in a folder.
   *
   * @param models whether to remove unfinished models too, which are not locked
   */
  static void removeOrphans(Path folder, boolean models) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      boolean ofPicture = name.startsWith(PREFIX) && name.endsWith(SUFFIX);
      if (models && OF_MODELS.matcher(name).matches() || ofPicture && isUnlocked(file)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean isUnlocked(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return lock(channel);
    }
  }
}
