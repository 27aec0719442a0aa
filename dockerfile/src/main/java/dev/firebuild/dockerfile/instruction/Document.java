package dev.firebuild.dockerfile.instruction;

/**
 * A heredoc as a source of COPY or ADD.
 *
 * @param name of the file
 * @param content tabs already taken away where {@code <<-} asks for it
 * @param expand whether variables in it are expanded: not if its word was quoted
 */
public record Document(String name, String content, boolean expand) {}
