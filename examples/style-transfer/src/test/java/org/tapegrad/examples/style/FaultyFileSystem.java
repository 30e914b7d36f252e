package org.tapegrad.examples.style;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * The default file system, in which a call of a given number fails. Only calls that the fault can
 * tell apart are counted: a process that is killed before it reads leaves what it leaves when it is
 * killed before it changes something the next time.
 */
final class FaultyFileSystem extends FileSystem {
  /** What a call does; a write changes, too. */
  enum Kind {
    READ,
    CHANGE,
    WRITE
  }

  /** What happens at the call. */
  enum Fault {
    /** The process ends: no later call does anything, and what it had open is closed. */
    KILL(Kind.CHANGE),
    /** The disk is full from here on. */
    FULL(Kind.WRITE),
    /** This one call fails. */
    ERROR(Kind.READ);

    private final Kind least;

    Fault(Kind least) {
      this.least = least;
    }
  }

  /** Where a process would have ended. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  /** A path of this file system, around one of the default file system. */
  private interface Wrapped {
    Path real();
  }

  private final FileSystem system = FileSystems.getDefault();
  private final FileSystemProvider provider = new Provider(system.provider());
  private final List<Closeable> open = new ArrayList<>();
  private final Fault fault;
  private final int faulty;
  private int calls;
  private boolean dead;

  /** With a fault at the call of a number, counted from 1. */
  FaultyFileSystem(Fault fault, int call) {
    this.fault = fault;
    faulty = call;
  }

  /** The calls so far. */
  int calls() {
    return calls;
  }

  /** Whether the fault has come. */
  boolean isReached() {
    return calls >= faulty;
  }

  void call(Kind kind) throws IOException {
    if (isFaulty(kind)) {
      fail();
    }
  }

  /** Whether this call, which comes next, fails. */
  boolean isFaulty(Kind kind) {
    if (dead) {
      throw new Killed();
    }
    if (kind.compareTo(fault.least) < 0) {
      return false;
    }
    calls++;
    return fault == Fault.FULL ? isReached() : calls == faulty;
  }

  void fail() throws IOException {
    if (fault == Fault.KILL) {
      dead = true;
      for (Closeable file : open) {
        file.close();
      }
      throw new Killed();
    }
    throw new IOException(fault == Fault.FULL ? "No space left on device" : "Input/output error");
  }

  private Path wrap(Path real) {
    Class<?>[] types = {Path.class, Wrapped.class};
    return (Path)
        Proxy.newProxyInstance(
            FaultyFileSystem.class.getClassLoader(),
            types,
            (proxy, method, args) -> ofPath(real, method, args));
  }

  private Object ofPath(Path real, Method method, Object[] args) throws Throwable {
    switch (method.getName()) {
      case "real":
        return real;
      case "getFileSystem":
        return this;
      case "toRealPath":
        call(Kind.READ);
        break;
      case "toFile", "register":
        throw new UnsupportedOperationException(method.getName());
      default:
    }
    return invoke(real, method, args);
  }

  /** The call on something of the default file system; paths are wrapped as they pass. */
  private Object invoke(Object target, Method method, Object[] args) throws Throwable {
    Object[] real = args == null ? null : Arrays.stream(args).map(this::unwrapped).toArray();
    try {
      Object result = method.invoke(target, real);
      return result instanceof Path path
          ? wrap(path)
          : result instanceof Iterator<?> parts ? wrap(parts) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Iterator<Path> wrap(Iterator<?> parts) {
    Iterable<?> once = () -> (Iterator<Object>) parts;
    return StreamSupport.stream(once.spliterator(), false).map(p -> wrap((Path) p)).iterator();
  }

  private Object unwrapped(Object argument) {
    return argument instanceof Wrapped path ? path.real() : argument;
  }

  private Path real(Path path) {
    return ((Wrapped) path).real();
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(system.getPath(first, more));
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return system.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return system.supportedFileAttributeViews();
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }

  /** Counts, and passes on. */
  private final class Provider extends FileSystemProvider {
    private final FileSystemProvider real;

    Provider(FileSystemProvider real) {
      this.real = real;
    }

    @Override
    public String getScheme() {
      return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      call(options.contains(StandardOpenOption.WRITE) ? Kind.CHANGE : Kind.READ);
      FileChannel channel = real.newFileChannel(real(path), options, attributes);
      open.add(channel);
      return new FaultyFileChannel(channel, FaultyFileSystem.this);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
      call(Kind.READ);
      DirectoryStream<Path> files =
          real.newDirectoryStream(real(folder), file -> filter.accept(wrap(file)));
      open.add(files);
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          return wrap(files.iterator());
        }

        @Override
        public void close() throws IOException {
          files.close();
        }
      };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
      call(Kind.CHANGE);
      real.createDirectory(real(folder), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
      call(Kind.CHANGE);
      real.delete(real(path));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
      call(Kind.CHANGE);
      real.copy(real(from), real(to), options);
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
      call(Kind.CHANGE);
      real.move(real(from), real(to), options);
    }

    @Override
    public boolean isSameFile(Path a, Path b) throws IOException {
      call(Kind.READ);
      return real.isSameFile(real(a), real(b));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      call(Kind.READ);
      return real.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      call(Kind.READ);
      return real.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      call(Kind.READ);
      real.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      V view = real.getFileAttributeView(real(path), type, options);
      Object counted =
          Proxy.newProxyInstance(
              type.getClassLoader() == null
                  ? FaultyFileSystem.class.getClassLoader()
                  : type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, args) -> {
                call(Kind.CHANGE);
                return invoke(view, method, args);
              });
      return type.cast(counted);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      call(Kind.READ);
      return real.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
        throws IOException {
      call(Kind.READ);
      return real.readAttributes(real(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
        throws IOException {
      call(Kind.CHANGE);
      real.setAttribute(real(path), name, value, options);
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
      call(Kind.READ);
      return wrap(real.readSymbolicLink(real(link)));
    }
  }
}
