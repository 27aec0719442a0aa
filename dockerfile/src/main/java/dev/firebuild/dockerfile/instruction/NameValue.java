package dev.firebuild.dockerfile.instruction;

/**
 * A pair of ENV or LABEL, before variables are expanded and quotes removed.
 *
 * @param oldForm whether it was {@code ENV name value}, without an equals sign
 */
public record NameValue(String name, String value, boolean oldForm) {}
