package dev.firebuild.dockerfile.plan;

/** What ADD takes: besides files of the context also what lies elsewhere. */
public sealed interface AddSource {
  /**
   * Files of the context, or an archive of it.
   *
   * @param path absolute below the root of the context, without a slash at the end; may have
   *     wildcards, see {@link dev.firebuild.dockerfile.pattern.SourcePattern}
   */
  record Local(String path) implements AddSource {}

  /**
   * A file from a web server.
   *
   * @param fileName the last part of the URL's path; {@code __unnamed__} if it has none
   */
  record Http(String url, String fileName) implements AddSource {}

  /**
   * A git repository.
   *
   * @param url with the reference and directory behind {@code #}
   */
  record Git(String url) implements AddSource {}
}
