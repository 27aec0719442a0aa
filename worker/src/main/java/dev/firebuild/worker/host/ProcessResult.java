package dev.firebuild.worker.host;

/**
 * How a program ended.
 *
 * @param exitCode 128 + n after signal n
 * @param stdout as UTF-8, at most 1 MiB
 * @param stderr as UTF-8, at most 1 MiB
 */
public record ProcessResult(int exitCode, String stdout, String stderr) {}
