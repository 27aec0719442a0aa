package dev.firebuild.worker.vmm;

/** Who executes the guest's instructions. */
public enum Acceleration {
  /** KVM if a guest really boots with it, else TCG. */
  AUTO,
  /** The processor, through {@code /dev/kvm}. */
  KVM,
  /** QEMU itself: slow, and runs everywhere. */
  TCG
}
