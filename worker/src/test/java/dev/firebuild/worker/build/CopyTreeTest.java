package dev.firebuild.worker.build;

import static dev.firebuild.worker.build.Contexts.directory;
import static dev.firebuild.worker.build.Contexts.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.plan.FileMode;
import dev.firebuild.worker.build.CopyTree.Content;
import dev.firebuild.worker.build.CopyTree.Shape;
import dev.firebuild.worker.source.ContextIndex;
import dev.firebuild.worker.source.SourceException;
import dev.firebuild.worker.tar.TarEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTreeTest {
  @TempDir private Path temporary;

  @Test
  void aDirectoryMeansItsContentAndAFileItself() throws Exception {
    ContextIndex context = context(file("d/e/f"), file("a"));

    assertThat(tree(context, "/d").nodes()).containsOnlyKeys("e", "e/f");
    assertThat(tree(context, "/d").shape()).isEqualTo(Shape.DIRECTORY);
    assertThat(tree(context, "/a").nodes()).containsOnlyKeys("a");
    assertThat(tree(context, "/a").shape()).isEqualTo(Shape.FILES);
    assertThat(tree(context, "/d", "/a").shape()).isEqualTo(Shape.DIRECTORY);
    assertThat(tree(context, "/a", "/d").shape()).isEqualTo(Shape.MIXED);
    assertThat(tree(context, "/none*").shape()).isEqualTo(Shape.NOTHING);
  }

  @Test
  void theLaterSourceWins() throws Exception {
    ContextIndex context = context(file("one/x"), file("two/x"), file("two/y"));

    CopyTree tree = tree(context, "/one", "/two");

    assertThat(node(tree, "x").identity()).isEqualTo("2:two/x");
    assertThat(tree(context, "/one/x", "/two/y").lastName()).isEqualTo("y");
  }

  @Test
  void wildcardsMatchInsideDirectoriesAndDoNotEnterWhatMatches() throws Exception {
    ContextIndex context =
        context(file("d/sub/x"), file("d/y"), file(".hidden"), file("src/a.c"), file("src/b.h"));

    assertThat(tree(context, "/d/*").nodes()).containsOnlyKeys("x", "y");
    assertThat(tree(context, "/*/*.c").nodes()).containsOnlyKeys("a.c");
    assertThat(tree(context, "/*").nodes()).containsKeys(".hidden", "sub/x", "a.c");
  }

  @Test
  void aLinkThatIsNamedIsFollowedAndOneInADirectoryStays() throws Exception {
    ContextIndex context =
        context(file("d/f"), TarEntry.symlink("d/l", "f", 0), TarEntry.symlink("link", "/d/f", 0));

    assertThat(node(tree(context, "/link"), "link").content())
        .isInstanceOf(Content.InContext.class);
    assertThat(node(tree(context, "/d"), "l").link()).isEqualTo("f");
  }

  @Test
  void hardLinksAreKeptInsideOneSourceOnly() throws Exception {
    ContextIndex context = context(file("d/1"), TarEntry.hardLink("d/2", "d/1", 0644, 0));

    CopyTree whole = tree(context, "/d");
    CopyTree apart = tree(context, "/d/1", "/d/2");

    assertThat(node(whole, "1").identity()).isEqualTo(node(whole, "2").identity());
    assertThat(node(apart, "1").identity()).isNotEqualTo(node(apart, "2").identity());
  }

  @Test
  void modesChangeByKind() throws Exception {
    ContextIndex context = context(directory("d/e"), file("d/f"));

    CopyTree tree =
        CopyTree.of(context, List.of("/d"), List.of(), Optional.of(FileMode.parse("u=rwX,go=")));

    assertThat(node(tree, "e").mode()).isEqualTo(0700);
    assertThat(node(tree, "f").mode()).isEqualTo(0600);
  }

  @Test
  void sourcesThatClashOrLackAreRefused() throws Exception {
    ContextIndex context = context(file("one/x/y"), file("two/x"));

    assertThatThrownBy(() -> tree(context, "/one", "/two"))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("cannot replace the directory");
    assertThatThrownBy(() -> tree(context, "/two", "/one"))
        .hasMessageContaining("cannot copy to non-directory");
    assertThatThrownBy(() -> tree(context, "/none")).hasMessageContaining("/none");
  }

  private ContextIndex context(TarEntry... entries) throws Exception {
    return Contexts.index(temporary.resolve("context.tar"), entries);
  }

  private static CopyTree.Node node(CopyTree tree, String path) {
    return Objects.requireNonNull(tree.nodes().get(path));
  }

  private static CopyTree tree(ContextIndex context, String... sources) throws Exception {
    return CopyTree.of(context, List.of(sources), List.of(), Optional.empty());
  }
}
