package org.tapegrad.examples.style;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.tapegrad.examples.style.FaultyFileSystem.Kind;

/** A channel of {@link FaultyFileSystem}: a write that fails leaves half of its bytes. */
final class FaultyFileChannel extends FileChannel {
  private final FileChannel real;
  private final FaultyFileSystem system;

  FaultyFileChannel(FileChannel real, FaultyFileSystem system) {
    this.real = real;
    this.system = system;
  }

  private ByteBuffer half(ByteBuffer bytes) {
    return bytes.slice(bytes.position(), bytes.remaining() / 2);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (system.isFaulty(Kind.WRITE)) {
      real.write(half(from));
      system.fail();
    }
    return real.write(from);
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    if (system.isFaulty(Kind.WRITE)) {
      real.write(half(from), position);
      system.fail();
    }
    return real.write(from, position);
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    system.call(Kind.READ);
    return real.read(to);
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    system.call(Kind.READ);
    return real.read(to, position);
  }

  @Override
  public long position() throws IOException {
    system.call(Kind.READ);
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    system.call(Kind.READ);
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    system.call(Kind.READ);
    return real.size();
  }

  @Override
  public void force(boolean metadata) throws IOException {
    system.call(Kind.READ); // counted, not done: the machine itself does not end
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    system.call(Kind.CHANGE);
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close(); // before the call: what a failed close leaves open is not of interest
    system.call(Kind.READ);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel from, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }
}
