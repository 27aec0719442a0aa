package dev.firebuild.protocol.event;

/**
 * An event of a type that this version does not know: kept and skipped.
 *
 * @param type the CloudEvents type
 * @param json the value as it lies in the topic
 */
public record UnknownEvent(String type, String json) implements EventData {}
