package dev.firebuild.worker.queue;

import dev.firebuild.protocol.Reference;
import dev.firebuild.protocol.document.ImageDocument;
import dev.firebuild.protocol.document.KernelDocument;
import java.util.List;
import java.util.Optional;

/**
 * What references and kernel names mean now, from the documents: workers keep no tags of their own.
 */
public interface Lookups {
  /** The image that {@code reference} means. */
  Optional<ImageDocument> image(Reference reference);

  /** All references and what they mean. */
  List<ImageDocument> images();

  /** The kernel named {@code name}. */
  Optional<KernelDocument> kernel(String name);

  /** All kernels. */
  List<KernelDocument> kernels();
}
