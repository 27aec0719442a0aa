package dev.firebuild.worker.host;

/**
 * A process that a recycled pid can't be taken for.
 *
 * @param pid its number
 * @param startTime clock ticks after the host's boot, field 22 of {@code /proc/PID/stat}
 */
public record ProcessIdentity(long pid, long startTime) {}
