package dev.firebuild.worker.http;

import java.util.Optional;

/**
 * How a worker is.
 *
 * @param worker id of the worker
 * @param accepting whether it takes new requests
 * @param reason why it takes none
 */
public record WorkerHealth(String worker, boolean accepting, Optional<String> reason) {}
