package dev.firebuild.worker.doctor;

import java.util.Optional;

/**
 * What came out of a check.
 *
 * @param id of the check; stays the same in all versions
 * @param title what should be so
 * @param found what is there, or why that cannot be told
 * @param remedy what to do, where something is to be done
 * @param source where the recommendation stands
 */
public record Result(
    String id,
    Group group,
    String title,
    Status status,
    String found,
    Optional<String> remedy,
    String source) {}
