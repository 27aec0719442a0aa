package dev.firebuild.worker.vmm;

/**
 * The network card of a VM.
 *
 * @param tap the host's end, in the namespace that the VMM is started in
 * @param mac the guest's address, {@code 52:54:00:…}
 * @param mtu of both ends
 */
public record Nic(String tap, String mac, int mtu) {}
