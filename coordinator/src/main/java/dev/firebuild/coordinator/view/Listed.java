package dev.firebuild.coordinator.view;

/**
 * An item of a list.
 *
 * @param place where it stands: who knows it goes on after it, also when the item is gone
 */
public record Listed<T>(String place, T item) {}
