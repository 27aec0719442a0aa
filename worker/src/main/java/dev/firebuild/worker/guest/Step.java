package dev.firebuild.worker.guest;

/**
 * A build step that runs a program.
 *
 * @param program what runs, as process 1 of fresh PID and mount namespaces with Docker's
 *     capabilities
 * @param network false: the step has a loopback interface of its own and nothing else
 */
public record Step(Program program, boolean network) {}
