package dev.firebuild.protocol.document;

/**
 * A value of the state topic; its key is {@link #key()}. Written by the owner of the key's
 * partition alone.
 */
public sealed interface Document
    permits Work, ImageDocument, KernelDocument, NameDocument, WorkerDocument {
  /**
   * {@code build/ID}, {@code vm/ID}, {@code image/REF}, {@code kernel/NAME}, {@code name/NAME},
   * {@code worker/ID}.
   */
  String key();
}
