package dev.firebuild.worker.image;

import dev.firebuild.protocol.Digest;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.worker.host.DataRanges;
import dev.firebuild.worker.host.Ext4Superblock;
import dev.firebuild.worker.host.SparseFiles;
import dev.firebuild.worker.host.StoreLock;
import dev.firebuild.worker.image.Manifest.Layer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Images under one root, which several processes may use at the same time: layers, and manifests
 * that name them. Both are named by digest, never change and are never replaced; what a reference
 * means is no concern of the store.
 *
 * <p>Safe for use by many threads.
 */
public final class ImageStore implements Closeable {
  private final ImagePaths paths;
  private final WorkFiles work;
  private final Manifests manifests;
  private final Pins pins;

  private ImageStore(ImagePaths paths, WorkFiles work) {
    this.paths = paths;
    this.work = work;
    this.manifests = new Manifests(paths, work);
    this.pins = new Pins(paths);
  }

  /** Opens the store at {@code root}, which is made if it is missing. */
  public static ImageStore open(Path root) throws IOException {
    ImagePaths paths = new ImagePaths(root);
    for (Path directory : List.of(paths.layers(), paths.manifests(), paths.work(), paths.pins())) {
      Files.createDirectories(directory);
    }
    try (StoreLock _ = StoreLock.hold(paths.lock())) {
      return new ImageStore(paths, WorkFiles.open(paths.work()));
    }
  }

  /**
   * Makes {@code disk}, the upper disk of a VM that has ended or a copy of it, a layer.
   *
   * @param disk taken away from the caller, also when it cannot become a layer
   * @throws ImageException if its file system was not left in order
   */
  public Layer publishLayer(Path disk) throws IOException {
    Path file = work.next();
    try {
      take(disk, file);
      requireClean(file);
      Layer layer = new Layer(LayerDigest.of(file), Files.size(file));
      publish(file, paths.layer(layer.digest()));
      return layer;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Publishes {@code manifest}, whose layers must be in the store, and returns its digest. */
  public Digest publish(Manifest manifest) throws IOException {
    for (Layer layer : manifest.layers()) {
      layer(layer);
    }
    return manifests.publish(manifest);
  }

  /**
   * The manifest {@code digest}, its bytes verified.
   *
   * @throws ImageException if it is not in the store, or damaged
   */
  public Manifest manifest(Digest digest) throws IOException {
    return manifests.read(digest);
  }

  /** All manifests of the store. */
  public List<Digest> manifests() throws IOException {
    return manifests.all();
  }

  /** The files of the image's layers, bottom first, each checked as {@link #layer} does. */
  public List<Path> layers(Manifest manifest) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Layer layer : manifest.layers()) {
      files.add(layer(layer));
    }
    return files;
  }

  /**
   * The file of {@code layer}, after a check that takes no time: it is there, has its size and
   * holds a clean file system. {@link #verifyOrPutAside} looks at every byte.
   *
   * @throws ImageException if it is not in the store, or damaged
   */
  public Path layer(Layer layer) throws IOException {
    Path file = paths.layer(layer.digest());
    long size;
    try {
      size = Files.size(file);
    } catch (NoSuchFileException _) {
      throw new ImageException(
          FailureCode.NOT_FOUND, "the layer %s is not on this host".formatted(layer.digest()));
    }
    if (size != layer.size()) {
      throw damaged(layer);
    }
    requireClean(file);
    return file;
  }

  /** Whether {@code layer} is in the store and looks right. */
  public boolean has(Layer layer) {
    try {
      layer(layer);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** All layers of the store. */
  public List<Digest> layers() throws IOException {
    try (var files = Files.list(paths.layers())) {
      return files.map(ImagePaths::digest).flatMap(Optional::stream).toList();
    }
  }

  /**
   * Reads every byte of the layer {@code digest}. One that is damaged is put aside: nothing is
   * built on it any more, and the same layer can be published again.
   *
   * @return whether it is as it was published; true also if it is gone by now
   */
  public boolean verifyOrPutAside(Digest digest) throws IOException {
    Path file = paths.layer(digest);
    try {
      if (LayerDigest.of(file).equals(digest)) {
        return true;
      }
      Files.createDirectories(paths.damaged());
      try (StoreLock _ = StoreLock.hold(paths.lock())) {
        Files.move(
            file, paths.damaged().resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
      return false;
    } catch (NoSuchFileException _) {
      return true;
    }
  }

  /** Bytes that the layers occupy on the disk, holes left out. */
  public long allocatedBytes(Manifest manifest) throws IOException {
    long sum = 0;
    for (Path file : layers(manifest)) {
      sum += DataRanges.bytes(file);
    }
    return sum;
  }

  /** Where the workers that share the root say what they need of it. */
  public Path needs() {
    return paths.needs();
  }

  /** What keeps images in the store although no reference means them. */
  public Pins pins() {
    return pins;
  }

  /** Removes images that nobody needs. */
  public ImageCollector collector() {
    return new ImageCollector(paths, this, manifests);
  }

  @Override
  public void close() throws IOException {
    work.close();
  }

  private void publish(Path file, Path target) throws IOException {
    Publication.prepare(file);
    try (StoreLock _ = StoreLock.hold(paths.lock())) {
      Publication.publish(file, target);
    }
  }

  private static void take(Path disk, Path file) throws IOException {
    try {
      Files.move(disk, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException _) {
      // Another file system; a copy of the plain kind would fill the holes.
      SparseFiles.copy(disk, file);
      Files.delete(disk);
    }
  }

  private static void requireClean(Path file) throws IOException {
    Ext4Superblock superblock = Ext4Superblock.read(file);
    if (!superblock.clean() || superblock.bytes() > Files.size(file)) {
      throw new ImageException(
          FailureCode.HOST,
          "the file system of a layer was not left in order; its guest did not unmount it");
    }
  }

  private static ImageException damaged(Layer layer) {
    return new ImageException(
        FailureCode.HOST,
        "the layer %s is damaged; remove the image and build it again".formatted(layer.digest()));
  }
}
