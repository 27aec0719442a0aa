package dev.firebuild.protocol.resource;

/**
 * The answer to a submission or a command that is now a record.
 *
 * @param id of the build or VM
 * @param url path of the resource
 */
public record Accepted(String id, String url) {}
