package dev.firebuild.worker.run;

/**
 * Who runs the VMs.
 *
 * @param id of the worker
 * @param host name of its host
 */
public record WorkerIdentity(String id, String host) {}
