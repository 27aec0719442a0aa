package dev.firebuild.dockerfile.plan;

/**
 * A file whose content stands in the Dockerfile.
 *
 * @param name of COPY and ADD: the file's own name; of RUN: the absolute path to show it at
 * @param mode permission bits
 */
public record InlineFile(String name, int mode, String content) {}
